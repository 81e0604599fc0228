import type { tracker as en } from "../en/tracker.ts";
import { counted } from "../formats.ts";
import { fr } from "../typography.ts";

const count = counted("fr");
const peers = (amount: number) => count(amount, "pair connecté", "pairs connectés");

export const tracker: typeof en = {
  name: fr`Tracker`,
  nav: { dashboard: fr`Accueil`, search: fr`Recherche`, join: fr`Rejoindre` },
  title: fr`La classe en un coup d'œil`,

  pill: {
    label: fr`Connexion au tracker`,
    live: fr`En direct`,
    lost: fr`Connexion perdue`,
  },
  lost: {
    title: fr`Le tracker ne répond plus.`,
    help: fr`Ce qui est affiché n'est peut-être plus à jour. La page revient toute seule dès que le tracker est là.`,
    retry: fr`Essayer maintenant`,
  },

  numbers: {
    label: fr`En chiffres`,
    peers: fr`Pairs connectés`,
    files: fr`Fichiers partagés`,
    today: fr`Donné aujourd'hui`,
    total: fr`Donné en tout`,
    ofBytes: (bytes) => fr`${bytes} en tout`,
    downloads: (amount) => count(amount, fr`téléchargement`, fr`téléchargements`),
    since: (date) => fr`depuis le ${date}`,
    now: (amount) => amount === 0 ? fr`personne pour l'instant` : fr`en ce moment`,
  },

  chart: {
    title: fr`Ce qui est passé de pair à pair`,
    ranges: { hour: fr`Heure`, day: fr`Jour`, week: fr`Semaine` },
    range: fr`Période`,
    given: fr`Volume donné`,
    peers: fr`Pairs connectés`,
    downloads: fr`Téléchargements`,
    shared: fr`Nouveaux fichiers`,
    summary: {
      hour: (bytes, most) => fr`Sur la dernière heure : ${bytes} de données transmises, jusqu'à ${peers(most)}.`,
      day: (bytes, most) => fr`Sur les dernières 24 heures : ${bytes} de données transmises, jusqu'à ${peers(most)}.`,
      week: (bytes, most) => fr`Sur les sept derniers jours : ${bytes} de données transmises, jusqu'à ${peers(most)}.`,
    },
    table: fr`En tableau`,
    from: fr`À partir de`,
    nothing: fr`Rien n'a été donné pendant cette période.`,
  },

  activity: {
    title: fr`En ce moment`,
    empty: fr`Rien ne s'est encore passé`,
    emptyHelp: fr`Qui arrive, partage ou télécharge apparaît ici aussitôt.`,
    kinds: {
      "peer-joined": fr`est là`,
      "peer-left": fr`n'est plus là`,
      shared: fr`partage`,
      removed: fr`ne partage plus l'un des fichiers`,
      completed: fr`a téléchargé`,
    },
  },

  most: {
    title: fr`Les plus téléchargés`,
    empty: fr`Aucun fichier n'a encore été téléchargé`,
    emptyHelp: fr`Seuls comptent les fichiers pour tout le monde.`,
    name: fr`Nom`,
    size: fr`Taille`,
    downloads: fr`Téléchargements`,
    copies: fr`Copies en ce moment`,
    copiesOf: (amount) => count(amount, fr`copie`, fr`copies`),
  },

  peers: {
    title: fr`Qui est là`,
    empty: fr`Personne pour l'instant`,
    emptyHelp: fr`Les pairs apparaissent dès qu'ils démarrent avec l'adresse de ce tracker.`,
    more: (amount) => fr`et ${count(amount, "autre", "autres")}`,
    filesOf: (name) => fr`Fichiers de ${name}`,
  },

  join: {
    title: fr`Venir partager`,
    open: fr`Ouvrir cette adresse dans un navigateur`,
    scan: fr`Ou lire le code avec un téléphone`,
    qr: (address) => fr`Code QR de ${address}`,
    other: fr`Si elle ne s'ouvre pas, essayer :`,
    start: fr`Pour partager des fichiers, démarrer Essaim sur son ordinateur avec :`,
    copy: fr`Copier la commande`,
    large: fr`Afficher en grand`,
    back: fr`Revenir à l'accueil`,
    aloneTitle: fr`Seul cet ordinateur atteint le tracker`,
    alone:
      fr`Il n'écoute que cet ordinateur, ou il n'y a pas de réseau. Se connecter à un réseau, ou régler tracker.host sur 0.0.0.0, et le relancer.`,
  },

  search: {
    title: fr`Recherche`,
    next: fr`Plus de résultats`,
    first: fr`Revenir aux premiers résultats`,
    nothing: fr`Les fichiers apparaissent ici dès qu'un pair qui connaît ce tracker en partage.`,
  },

  file: {
    about: fr`À propos de ce fichier`,
    qr: fr`Code QR du lien vers cette page`,
    bytes: (amount) => count(amount, "octet", "octets"),
    kind: { file: fr`Fichier`, folder: fr`Dossier` },
    content: (files) => count(files, "fichier", "fichiers"),
    size: fr`Taille`,
    sha256: "SHA-256",
    sha256Help: fr`L'empreinte du contenu : après un téléchargement, elle doit être la même.`,
    id: fr`Identifiant`,
    shared: fr`Partagé`,
    fetched: fr`Téléchargé`,
    times: (amount) => count(amount, fr`fois`, fr`fois`),
    owners: fr`Partagé par`,
    alsoCalled: fr`Aussi appelé`,
    sources: fr`Qui l'a en ce moment`,
    sourcesHelp: fr`Chaque lien prend le fichier directement sur cet ordinateur.`,
    all: fr`en entier`,
    part: (percent) => percent,
    download: fr`Télécharger`,
    downloadFrom: (name) => fr`Télécharger depuis ${name}`,
    nobody: fr`Aucun pair présent ne l'a`,
    nobodyHelp: fr`Il revient avec qui le partage : rouvrir cette page plus tard.`,
    partial: fr`le reçoit encore`,
    folder: fr`Un dossier se prend avec Essaim, tous les fichiers à la fois :`,
    withEssaim: fr`Avec Essaim, il vient de plusieurs pairs à la fois et continue tout seul après une coupure :`,
    copy: fr`Copier`,
    link: fr`Lien vers cette page`,
  },
};
