import type { doctor as en } from "../en/doctor.ts";
import { counted } from "../formats.ts";
import { fr } from "../typography.ts";

const count = counted("fr");

const findings: typeof en.findings = {
  "addresses-good": { says: ({ names }) => fr`Les autres joignent cet ordinateur à l'adresse ${names}.` },
  "addresses-no-dhcp": {
    says: ({ names }) =>
      fr`Cet ordinateur s'est donné une adresse lui-même (${names}) : le réseau ne lui en a pas donné.`,
    todo: () =>
      fr`Se reconnecter au Wi-Fi ou rebrancher le câble ; si rien ne change, la box ou le routeur ne donne pas d'adresses.`,
  },
  "addresses-none": {
    says: () => fr`Cet ordinateur n'est sur aucun réseau.`,
    todo: () => fr`Se connecter au Wi-Fi de la classe, ou brancher le câble réseau.`,
  },
  "addresses-local-only": {
    says: ({ name }) => fr`Essaim n'écoute que sur ${name}, où aucun autre ordinateur ne le joint.`,
    todo: () => fr`Dans les Réglages, mettre 0.0.0.0 comme adresse d'écoute, puis relancer Essaim.`,
  },
  "vpn-none": { says: () => fr`Aucun VPN ni réseau virtuel ne gêne.` },
  "vpn-virtual": { says: ({ names }) => fr`Il y a des réseaux virtuels (${names}) ; ils ne gênent pas.` },
  "vpn-active": {
    says: ({ names }) => fr`Un VPN est actif (${names}) ; il peut contourner le réseau de la classe.`,
    todo: () => fr`Si les autres ne sont pas trouvés, couper le VPN ou autoriser les réseaux locaux dans ses réglages.`,
  },
  "udp-good": { says: ({ port }) => fr`Essaim écoute les autres ordinateurs sur le port UDP ${port}.` },
  "udp-off": {
    says: () => fr`La recherche des autres ordinateurs est désactivée sur cet ordinateur.`,
    todo: () => fr`L'activer dans config.yaml (discovery), ou se connecter aux autres par leur adresse.`,
  },
  "udp-taken": {
    says: ({ port }) =>
      fr`Un autre programme utilise le port UDP ${port} : les autres ordinateurs ne sont pas entendus.`,
    todo: () =>
      fr`Fermer ce programme et relancer Essaim, ou choisir un autre port de découverte sur tous les ordinateurs.`,
  },
  "udp-failed": {
    says: ({ port }) => fr`Le port UDP ${port} est inutilisable : les autres ordinateurs ne sont pas entendus.`,
    todo: () => fr`Relancer Essaim ; si rien ne change, le journal dit pourquoi.`,
  },
  "udp-unknown": { says: () => fr`L'écoute des autres ordinateurs n'a pas été examinée.` },
  "broadcast-good": { says: () => fr`Les messages à tout le réseau (broadcast) passent.` },
  "broadcast-nobody": {
    says: () => fr`Aucun message à tout le réseau (broadcast) n'a encore été entendu ; peut-être n'y a-t-il personne.`,
    todo: () => fr`Lancer Essaim sur un autre ordinateur du même réseau, puis vérifier à nouveau.`,
  },
  "broadcast-silent": {
    says: () =>
      fr`Des ordinateurs de ce réseau répondent, mais leurs messages à tout le réseau (broadcast) n'arrivent pas ici.`,
    todo: () =>
      fr`Autoriser Essaim à recevoir en UDP dans le pare-feu de cet ordinateur, et regarder si la borne Wi-Fi filtre le broadcast. Le tracker et les adresses saisies à la main marchent sans cela.`,
  },
  "broadcast-blocked": {
    says: () => fr`Cet ordinateur n'entend même pas ses propres messages à tout le réseau (broadcast).`,
    todo: () => fr`Autoriser Essaim à envoyer et recevoir en UDP dans le pare-feu de cet ordinateur.`,
  },
  "broadcast-unknown": { says: () => fr`Les messages à tout le réseau (broadcast) n'ont pas pu être essayés.` },
  "multicast-good": { says: () => fr`Les messages à un groupe (multicast) passent.` },
  "multicast-nobody": {
    says: () => fr`Aucun message à un groupe (multicast) n'a été entendu ; peut-être personne n'en envoie.`,
  },
  "multicast-not-needed": {
    says: () => fr`Les messages à un groupe (multicast) ne servent pas : le broadcast passe.`,
  },
  "multicast-blocked": {
    says: () => fr`Cet ordinateur n'entend pas ses propres messages à un groupe (multicast).`,
    todo: () => fr`Utile seulement là où le broadcast ne passe pas : autoriser alors le multicast dans le pare-feu.`,
  },
  "multicast-unknown": { says: () => fr`Les messages à un groupe (multicast) n'ont pas pu être essayés.` },
  "peer-both": { says: ({ name }) => fr`${name} et cet ordinateur se joignent dans les deux sens.` },
  "peer-one-way": {
    says: ({ name }) => fr`${name} répond, mais n'arrive pas à joindre cet ordinateur.`,
    todo: () => fr`Voir la ligne du pare-feu. Les fichiers viennent de là-bas, mais ne partent pas dans l'autre sens.`,
  },
  "peer-reached": { says: ({ name }) => fr`${name} répond, sans avoir pu dire si cet ordinateur est joignable.` },
  "peer-silent": {
    says: ({ name, names }) => fr`${name} ne répond pas à l'adresse ${names}.`,
    todo: () => fr`Regarder si Essaim y tourne et si l'ordinateur n'est pas en veille ; ensuite, son pare-feu.`,
  },
  "peer-other": {
    says: ({ name, names }) => fr`Autre chose que ${name} répond à l'adresse ${names}.`,
    todo: () => fr`Son adresse a changé : la lire sur cet ordinateur-là et s'y connecter à nouveau.`,
  },
  "peers-none": {
    says: () => fr`Aucun autre ordinateur n'est connu : aucun n'a pu être essayé.`,
    todo: () => fr`Lancer Essaim sur un autre ordinateur, ou se connecter à l'un d'eux par son adresse.`,
  },
  "firewall-good": { says: () => fr`Les autres ordinateurs joignent celui-ci.` },
  "firewall-likely": {
    says: ({ port }) => fr`Essaim écoute ici sur le port ${port}, mais personne n'arrive à le joindre.`,
    todo: ({ port }) =>
      fr`Le pare-feu de cet ordinateur bloque sans doute : autoriser Essaim (deno), ou le TCP entrant sur le port ${port}, pour les réseaux privés.`,
  },
  "firewall-unknown": {
    says: () => fr`Impossible de savoir si les autres joignent cet ordinateur : personne n'a pu être interrogé.`,
  },
  "isolation-none": { says: () => fr`Les ordinateurs de ce réseau se joignent entre eux.` },
  "isolation-likely": {
    says: ({ names }) =>
      fr`On entend ${names} sans pouvoir les joindre : la borne Wi-Fi isole sans doute les ordinateurs.`,
    todo: () =>
      fr`Demander à qui gère le Wi-Fi de désactiver l'isolation des clients (AP isolation, réseau invité), ou passer par le câble.`,
  },
  "isolation-unknown": {
    says: () => fr`Impossible de savoir si les ordinateurs sont isolés : il n'y a personne à côté.`,
  },
  "tracker-good": { says: ({ name, names }) => fr`Le tracker répond à l'adresse ${name}, pour la classe ${names}.` },
  "tracker-open": { says: ({ name }) => fr`Le tracker répond à l'adresse ${name}.` },
  "tracker-none": {
    says: () => fr`Aucun tracker n'est réglé. Le partage marche sans lui ; seuls les chiffres de la classe manquent.`,
    todo: () => fr`Pour en utiliser un, saisir son adresse dans les Réglages, ou rejoindre sa classe.`,
  },
  "tracker-silent": {
    says: ({ name }) => fr`Le tracker à l'adresse ${name} ne répond pas.`,
    todo: () =>
      fr`Regarder s'il est allumé et si son adresse est toujours celle des Réglages. Le partage continue sans lui.`,
  },
  "tracker-wrong": {
    says: ({ name }) => fr`Autre chose qu'un tracker répond à l'adresse ${name}.`,
    todo: () => fr`Comparer l'adresse et le port des Réglages avec ceux montrés en classe.`,
  },
  "members-good": { says: () => fr`Le tracker reconnaît cet ordinateur comme membre de sa classe.` },
  "members-other-class": {
    says: ({ name, names }) => fr`Le tracker est celui de ${name}, mais cet ordinateur est dans ${names}.`,
    todo: () => fr`Saisir l'adresse du bon tracker dans les Réglages, ou quitter la classe et rejoindre l'autre.`,
  },
  "members-silent": {
    says: ({ port }) => fr`Le tracker ne répond pas aux membres sur le port ${port}.`,
    todo: ({ port }) => fr`Autoriser le TCP entrant sur le port ${port} dans le pare-feu de l'ordinateur du tracker.`,
  },
  "members-refused": {
    says: () => fr`Le tracker n'accepte pas le certificat de cet ordinateur.`,
    todo: () => fr`Demander en classe si cet ordinateur a été retiré ; sinon, rejoindre la classe à nouveau.`,
  },
  "members-not-joined": {
    says: ({ name }) =>
      fr`Cet ordinateur n'est pas dans la classe ${name} : il ne partage que ce qui est pour tout le monde.`,
    todo: () => fr`Rejoindre la classe dans les Réglages avec le lien ou le code montré en classe.`,
  },
  "members-unknown": { says: () => fr`Le tracker n'a pas pu être interrogé en tant que membre de la classe.` },
  "clock-good": { says: () => fr`L'horloge est d'accord avec celles des autres.` },
  "clock-off": {
    says: ({ off, isAhead }) => fr`L'horloge de cet ordinateur ${isAhead ? "avance" : "retarde"} de ${off}.`,
    todo: () => fr`Laisser le système régler l'heure tout seul. Essaim marche en attendant ; les dates sont fausses.`,
  },
  "clock-wrong": {
    says: ({ off, isAhead }) => fr`L'horloge de cet ordinateur ${isAhead ? "avance" : "retarde"} de ${off}.`,
    todo: () => fr`Régler la date et l'heure du système : sinon, les certificats de la classe ne sont pas valables.`,
  },
  "clock-unknown": { says: () => fr`L'horloge n'a pas pu être comparée : personne n'a répondu.` },
  "disk-good": { says: ({ size }) => fr`Il reste ${size} pour les téléchargements.` },
  "disk-low": {
    says: ({ size }) => fr`Il ne reste que ${size} pour les téléchargements.`,
    todo: () => fr`Libérer de la place, ou choisir dans les Réglages un dossier sur un autre disque.`,
  },
  "disk-full": {
    says: ({ size }) => fr`Le disque est plein : il reste ${size}.`,
    todo: () => fr`Libérer de la place : les téléchargements attendent, puis continuent tout seuls.`,
  },
  "disk-unknown": { says: () => fr`Le système ne dit pas combien de place il reste sur le disque.` },
  "certificate-good": {
    says: ({ name, until }) => fr`Le certificat de la classe ${name} est valable jusqu'au ${until}.`,
  },
  "certificate-soon": {
    says: ({ name, until }) => fr`Le certificat de la classe ${name} se termine le ${until}.`,
    todo: () => fr`Venir une fois près du tracker avant cette date : il se renouvelle alors tout seul.`,
  },
  "certificate-ended": {
    says: ({ name, until }) => fr`Le certificat de la classe ${name} s'est terminé le ${until}.`,
    todo: () => fr`Amener cet ordinateur près du tracker : il se renouvelle tout seul. Regarder aussi l'horloge.`,
  },
  "certificate-removed": {
    says: ({ name }) => fr`Cet ordinateur a été retiré de ${name}.`,
    todo: () => fr`Demander à être repris dans la classe, ou un code personnel.`,
  },
  "certificate-none": {
    says: () => fr`Cet ordinateur n'est dans aucune classe et ne partage que ce qui est pour tout le monde.`,
  },
};

export const doctor: typeof en = {
  title: fr`Vérifier le réseau`,
  panel: fr`État du réseau`,
  intro: fr`Cherche ce qui empêche des ordinateurs de se trouver, et dit quoi faire. Cela prend dix secondes au plus.`,
  run: fr`Vérifier maintenant`,
  again: fr`Vérifier à nouveau`,
  running: fr`Vérification…`,
  progress: (done, total) => fr`${done} sur ${total}`,
  checked: (date) => fr`Vérifié ${date}`,
  summary: {
    good: fr`Tout ce qui a pu être vérifié va bien.`,
    warn: (amount) => fr`Rien n'est cassé ; ${count(amount, "ligne", "lignes")} à regarder.`,
    bad: (amount) => count(amount, fr`problème trouvé`, fr`problèmes trouvés`),
  },
  todo: fr`À faire :`,
  between: fr`, `,
  details: fr`Détails`,
  lines: {
    addresses: fr`Adresses de cet ordinateur`,
    vpn: fr`VPN et réseaux virtuels`,
    udp: fr`Recherche des autres`,
    broadcast: "Broadcast",
    multicast: "Multicast",
    peer: fr`Autres ordinateurs`,
    firewall: fr`Pare-feu`,
    isolation: fr`Isolation Wi-Fi`,
    tracker: "Tracker",
    members: fr`Classe auprès du tracker`,
    clock: fr`Horloge`,
    disk: fr`Disque`,
    certificate: fr`Certificat de la classe`,
  },
  states: {
    good: fr`Bon`,
    warn: fr`À regarder`,
    bad: fr`Problème`,
    unknown: fr`Inconnu`,
  },
  findings,
  link: fr`Vérifier le réseau`,
  linkHelp: fr`Quand d'autres ordinateurs ne sont pas trouvés : voir ce qui gêne.`,
  toConnect: fr`Se connecter à un ordinateur par son adresse`,

  connect: {
    title: fr`Un ordinateur qui n'est pas trouvé tout seul`,
    text:
      fr`Sur certains réseaux, les ordinateurs ne se voient pas. Saisir l'adresse que l'autre ordinateur montre dans « Vérifier le réseau ».`,
    label: fr`Adresse de l'autre ordinateur`,
    help: fr`Par exemple 192.168.1.20 ou 192.168.1.20:5001`,
    submit: fr`Se connecter`,
    connecting: fr`Connexion…`,
    done: (name) => fr`${name} est connecté. L'adresse est retenue.`,
    known: fr`Adresses retenues`,
    present: fr`présent`,
    lastSeen: (date) => fr`vu ${date}`,
    remove: fr`Oublier`,
    removeOf: (name) => fr`Oublier ${name}`,
    errors: {
      "bad-input": fr`Ce n'est pas l'adresse d'un ordinateur. Elle ressemble à 192.168.1.20 ou 192.168.1.20:5001.`,
      unreachable:
        fr`Rien ne répond à cette adresse. La comparer, regarder si Essaim tourne sur l'autre ordinateur, puis vérifier le réseau.`,
      "bad-content":
        fr`Quelque chose répond, mais ce n'est pas un pair Essaim. Comparer le nombre après les deux-points : d'habitude 5001.`,
      conflict: fr`C'est l'adresse de cet ordinateur-ci. Saisir celle de l'autre.`,
      limited: fr`Trop d'adresses sont retenues. En oublier une d'abord.`,
      busy: fr`L'autre ordinateur est occupé. Réessayer dans un instant.`,
    },
  },
};
