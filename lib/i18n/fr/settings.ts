import type { settings as en, SettingText } from "../en/settings.ts";
import { fr } from "../typography.ts";

const keys: Record<string, SettingText> = {
  "peer.name": { label: fr`Nom`, help: fr`Montré aux autres. Vide : le nom de session.` },
  "peer.tracker": {
    label: fr`Adresse du tracker`,
    help: fr`Donnée par l'enseignant, comme http://192.168.1.10:5000. Vide : pas de tracker.`,
  },
  "peer.shared_folder": {
    label: fr`Dossier partagé`,
    help: fr`Les fichiers qui y sont mis sont partagés. Vide : le dossier habituel.`,
  },
  "peer.download_folder": { label: fr`Dossier des téléchargements`, help: fr`Vide : le dossier habituel.` },
  "peer.host": { label: fr`Adresse d'écoute`, help: fr`0.0.0.0 désigne tous les réseaux de cet ordinateur.` },
  "peer.port": {
    label: fr`Port des fichiers publics`,
    help: fr`Le premier libre d'une plage ou d'une liste est pris.`,
  },
  "peer.member_port": {
    label: fr`Port pour la classe`,
    help: fr`Chiffré, pour ses membres seulement. Le premier libre d'une plage ou d'une liste est pris.`,
  },
  "peer.ui_port": { label: fr`Port de ces pages`, help: fr`Le premier libre d'une plage ou d'une liste est pris.` },
  "chunking.chunk_size": {
    label: fr`Taille d'un morceau`,
    help: fr`Une puissance de deux de 256 Kio à 16 Mio. Vide : celle du tracker.`,
  },
  "chunking.threshold": {
    label: fr`Plusieurs pairs à partir de`,
    help: fr`Un fichier plus petit vient d'un seul pair, un plus grand de plusieurs à la fois.`,
  },
  "sharing.default_visibility": {
    label: fr`Qui peut voir un nouveau fichier`,
    help:
      fr`Pour les fichiers mis directement dans le dossier partagé. Sans classe, seul ce qui est pour tout le monde est partagé.`,
  },
  "sharing.rescan_interval": {
    label: fr`Examiner tout le dossier toutes les`,
    help: fr`Au cas où un changement aurait échappé.`,
  },
  "sharing.quiet_period": {
    label: fr`Attente avant le partage`,
    help: fr`Un fichier doit rester inchangé pendant ce temps, pour ne pas partir à moitié écrit.`,
  },
  "sharing.ignore": {
    label: fr`Ne jamais partager`,
    help: fr`Un nom par ligne ; * remplace n'importe quels caractères.`,
  },
  "discovery.enabled": {
    label: fr`Trouver les autres ordinateurs de ce réseau`,
    help: fr`Chacun s'y annonce ; partage et recherche marchent alors aussi sans le tracker.`,
  },
  "discovery.udp_port": {
    label: fr`Port par lequel les ordinateurs se trouvent`,
    help: fr`UDP, le même sur tous les ordinateurs. 0 : pas du tout.`,
  },
  "discovery.interval": { label: fr`Annoncer cet ordinateur toutes les`, help: fr`De 1 s à 5 min.` },
  "discovery.keep_index": {
    label: fr`Se souvenir de ce que partagent les ordinateurs absents pendant`,
    help: fr`Depuis qu'ils ont été vus pour la dernière fois.`,
  },
  "limits.parallel_downloads": {
    label: fr`Téléchargements simultanés`,
    help: fr`De 1 à 64 ; les autres attendent leur tour.`,
  },
  "limits.upload_rate": { label: fr`Envoi le plus rapide`, help: fr`Comme 5 Mo/s. Vide : illimité.` },
  "limits.download_rate": { label: fr`Réception la plus rapide`, help: fr`Comme 5 Mo/s. Vide : illimité.` },
  "limits.upload_rate_per_peer": { label: fr`Vers chaque ordinateur au plus`, help: fr`Vide : illimité.` },
  "limits.download_rate_per_peer": {
    label: fr`De chaque ordinateur au plus`,
    help: fr`Vide : illimité.`,
  },
  "limits.quiet_times": {
    label: fr`Heures calmes`,
    help:
      fr`Des heures avec d'autres limites pour tous les envois et réceptions, comme pendant les cours. Une fin avant le début est le lendemain. Quand plusieurs se recouvrent, la limite la plus basse vaut.`,
  },
  "limits.requests_per_peer": { label: fr`Morceaux demandés à la fois à un pair`, help: fr`De 1 à 64.` },
  "limits.peers_per_download": { label: fr`Pairs à la fois pour un téléchargement`, help: fr`De 1 à 256.` },
  "limits.upload_slots": { label: fr`Morceaux envoyés à la fois`, help: fr`De 1 à 1024.` },
  "limits.connections": { label: fr`Connexions en tout`, help: fr`De 8 à 10 000.` },
  "limits.connections_per_address": { label: fr`Connexions d'une même adresse`, help: fr`De 1 à 10 000.` },
  "limits.stall_timeout": { label: fr`Patience envers un pair muet`, help: fr`Ensuite, son travail passe à un autre.` },
  "limits.hash_workers": { label: fr`Assistants qui vérifient les fichiers`, help: fr`De 0 à 8.` },
  "limits.download_memory": { label: fr`Mémoire des téléchargements`, help: fr`Au moins 16 Mio.` },
  "ui.language": { label: fr`Langue` },
  "ui.theme": { label: fr`Couleurs` },
  "ui.lock": {
    label: fr`N'ouvrir ces pages que par un lien à usage unique`,
    help: fr`Pour un ordinateur à plusieurs comptes : « essaim open » affiche le lien.`,
  },
  "ui.welcome": {
    label: fr`Montrer les premières étapes`,
    help: fr`Sur la première page, tant qu'aucune classe n'est rejointe et que rien n'est partagé.`,
  },
  "log.level": { label: fr`Message le moins grave du journal` },
  "log.format": { label: fr`Format du journal` },
  "log.max_size": { label: fr`Taille à laquelle commence un nouveau fichier de journal` },
  "log.kept_files": { label: fr`Fichiers de journal gardés`, help: fr`De 1 à 100.` },
};

const choices: Record<string, string> = {
  "sharing.default_visibility=public": fr`Tout le monde sur ce réseau`,
  "sharing.default_visibility=class": fr`La classe`,
  "sharing.default_visibility=private": fr`Personne d'autre, avant un choix`,
  "ui.language=auto": fr`Comme le navigateur`,
  "ui.language=fr": "Français",
  "ui.language=en": "English",
  "ui.theme=auto": fr`Comme le système`,
  "ui.theme=light": fr`Clair`,
  "ui.theme=dark": fr`Sombre`,
  "log.level=debug": fr`Tout`,
  "log.level=info": fr`Informations`,
  "log.level=warning": fr`Avertissements`,
  "log.level=error": fr`Erreurs`,
  "log.format=text": fr`Texte, pour les personnes`,
  "log.format=json": fr`JSON, pour les programmes`,
};

const accepts: Record<string, string> = {
  integer: fr`Il faut un nombre entier dans les limites indiquées.`,
  size: fr`Il faut une taille dans les limites indiquées, comme 10 Mo ou 32 Mio.`,
  duration: fr`Il faut une durée raisonnable avec son unité, comme 10 s ou 2 min.`,
  rate: fr`Il faut un débit d'au moins 1 ko/s, comme 5 Mo/s, ou rien pour illimité.`,
  ports: fr`Il faut un port, une plage comme 5001-5100 ou une liste comme 8001,8101.`,
  url: fr`Il faut une adresse comme http://192.168.1.10:5000, ou rien.`,
  host: fr`Il faut une adresse de cet ordinateur, comme 192.168.1.10, ou 0.0.0.0.`,
  path: fr`Il faut le chemin d'un dossier.`,
  name: fr`Il faut un nom d'au plus 64 caractères.`,
  "quiet times": fr`Des heures calmes sont à corriger, voir là.`,
  list: fr`Il faut au plus 200 noms de fichiers, un par ligne, sans / ni \\.`,
};

export const settings: typeof en = {
  title: fr`Réglages`,
  groups: {
    computer: fr`Cet ordinateur`,
    class: fr`Classe`,
    folders: fr`Dossiers`,
    sharing: fr`Partage`,
    limits: fr`Limites`,
    pages: fr`Ces pages`,
    advanced: fr`Réglages avancés`,
  },
  advancedHelp: fr`Les valeurs habituelles conviennent à presque tout le monde.`,
  keys,
  choices,
  accepts,
  quiet: {
    one: (number) => fr`Heures calmes ${number}`,
    add: fr`Ajouter des heures calmes`,
    remove: (number) => fr`Enlever les heures calmes ${number}`,
    now: fr`en cours`,
    days: fr`Jours`,
    dayNames: [
      ["lun", "lundi"],
      ["mar", "mardi"],
      ["mer", "mercredi"],
      ["jeu", "jeudi"],
      ["ven", "vendredi"],
      ["sam", "samedi"],
      ["dim", "dimanche"],
    ],
    from: fr`De`,
    to: fr`À`,
    up: fr`Envoi le plus rapide`,
    down: fr`Réception la plus rapide`,
    asUsual: fr`comme d'habitude`,
    problems: {
      days: fr`Choisissez au moins un jour.`,
      hours: fr`Indiquez le début et la fin, comme 08:00 et 12:00.`,
      limit: fr`Indiquez au moins une limite, comme 500 ko/s.`,
      up: fr`La limite d'envoi doit être d'au moins 1 ko/s, comme 500 ko/s, ou « illimité ».`,
      down: fr`La limite de réception doit être d'au moins 1 ko/s, comme 1 Mo/s, ou « illimité ».`,
    },
  },
  notYet: fr`demande une classe`,
  unlimited: fr`illimité`,
  save: fr`Enregistrer`,
  saved: fr`Enregistré.`,
  savedRestart: fr`Enregistré. Ce qui est signalé prendra effet au prochain démarrage d'Essaim.`,
  unchanged: fr`Tout est enregistré.`,
  unsaved: (count) =>
    count < 2
      ? fr`1 modification n'est pas encore enregistrée.`
      : fr`${count} modifications ne sont pas encore enregistrées.`,
  revert: fr`Abandonner`,
  pending: fr`Enregistré ; prendra effet au prochain démarrage d'Essaim.`,
  fixedByFlag: (flag) => fr`Fixé par ${flag} au démarrage d'Essaim ; ne se change pas ici.`,
  fixedByEnvironment: (name) => fr`Fixé par la variable d'environnement ${name} ; ne se change pas ici.`,
  fixed: fr`Ne se change pas ici.`,
  file: fr`Gardés dans config.yaml du dossier de données, avec ses commentaires.`,
};
