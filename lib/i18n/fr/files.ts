import type { files as en } from "../en/files.ts";
import { counted, formats } from "../formats.ts";
import { fr } from "../typography.ts";

const count = counted("fr");
const number = formats("fr").count;
const files = (amount: number) => count(amount, "fichier", "fichiers");
const items = (amount: number) => count(amount, "élément", "éléments");

const texts: typeof en = {
  title: fr`Mes fichiers`,

  add: {
    files: fr`Ajouter des fichiers`,
    folder: fr`Ajouter un dossier`,
    drop: fr`Déposer des fichiers ou des dossiers ici, ou n'importe où sur cette page`,
    dropNow: fr`Relâcher pour les ajouter`,
    reading: (found) => fr`Lecture du dossier : ${files(found)} jusqu'ici`,
    empty: (name) => fr`Le dossier ${name} ne contient aucun fichier : il n'y a rien à partager.`,
    tooMany: (name, most) => fr`${name} contient plus de ${most} fichiers. Ajouter ses parties l'une après l'autre.`,
    form: {
      count: files,
      title: fr`Ajouter des fichiers`,
      files: fr`Fichiers de cet ordinateur`,
      who: fr`Qui peut les voir`,
      later: fr`Personne pour le moment : choisir plus tard`,
      submit: fr`Ajouter`,
    },
  },

  uploads: {
    title: fr`Fichiers en route`,
    files,
    progress: (done, all) => fr`${files(done)} sur ${number(all)} en place`,
    left: (rate, time) => fr`${rate}, ${time}`,
    waiting: fr`Essaim ne répond pas sur cet ordinateur. L'ajout reprend tout seul dès qu'il répond.`,
    then: {
      public: fr`Tout le monde sur ce réseau pourra ensuite les voir.`,
      class: fr`La classe pourra ensuite les voir.`,
      private: fr`Les personnes choisies pourront ensuite les voir.`,
      nobody: fr`Personne ne peut encore les voir.`,
    },
    sharing: fr`Préparation pour le réseau`,
    failed: (amount) =>
      amount < 2 ? fr`${files(amount)} n'a pas pu être ajouté.` : fr`${files(amount)} n'ont pas pu être ajoutés.`,
    heldBack: fr`Le dossier sera partagé quand ils seront en place ou laissés de côté.`,
    retry: fr`Réessayer`,
    leaveOut: fr`Continuer sans`,
    cancel: fr`Arrêter`,
    cancelled: fr`L'ajout est arrêté. Personne n'en a rien vu.`,
    refused: (what) => fr`Partage impossible : ${what}.`,
    unreadable: fr`Ce fichier ne peut pas être lu. Il a peut-être été déplacé, ou est ouvert ailleurs.`,
    shared: {
      public: (what) => fr`${what} : visible par tout le monde sur ce réseau.`,
      class: (what) => fr`${what} : visible par la classe.`,
      private: (what) => fr`${what} : visible par les personnes choisies.`,
      onlyMe: (what) => fr`${what} : seulement pour les ordinateurs de la même personne.`,
    },
  },

  pending: {
    title: (amount) =>
      amount < 2
        ? fr`${files(amount)} attend un choix : personne ne le voit`
        : fr`${files(amount)} attendent un choix : personne ne les voit`,
    more: (amount) => fr`et ${count(amount, "autre", "autres")}`,
    choose: fr`Choisir qui peut voir`,
    discard: fr`Abandonner`,
    discarded: (what) => fr`Abandon : ${what}.`,
  },

  permission: {
    title: [fr`Qui peut voir `, fr` ?`],
    these: files,
    theseItems: items,
    titleMany: (what) => fr`Qui peut voir ces ${what} ?`,
    publicLabel: fr`Tout le monde sur ce réseau`,
    publicHelp: fr`Même sans avoir rejoint la classe.`,
    classLabel: fr`La classe`,
    classHelp: (className) => fr`Les membres de ${className}.`,
    privateLabel: fr`Certaines personnes seulement`,
    privateHelp: fr`Des noms et des groupes de la classe.`,
    joinFirst: fr`Rejoindre d'abord une classe.`,
    find: fr`Chercher un nom ou un groupe`,
    found: fr`Noms trouvés`,
    group: (members) => fr`groupe de ${members}`,
    nobodyFound: fr`Aucun nom ne commence ainsi.`,
    nobodyChosen: fr`Personne d'autre n'est choisi : seuls les ordinateurs de la même personne l'auront.`,
    nobodyYet: fr`Personne n'est encore choisi.`,
    gone: (amount) =>
      amount < 2
        ? fr`${amount} personne qui n'est plus dans la classe ne peut être montrée ici. Enregistrer la retire.`
        : fr`${amount} personnes qui ne sont plus dans la classe ne peuvent être montrées ici. Enregistrer les retire.`,
    remove: (name) => fr`Retirer ${name}`,
    save: fr`Enregistrer`,
    keepPrivate: fr`Plus tard`,
    keys: fr`Ctrl+Entrée enregistre, Échap garde pour soi`,
    keysEdit: fr`Ctrl+Entrée enregistre, Échap ne change rien`,
    behind: (percent) => fr`Ajout en cours pendant ce temps : ${percent}`,
    keptOne: (what) => fr`Gardé pour soi : ${what}. Personne d'autre ne le voit avant qu'un choix soit fait.`,
    keptMany: (what) => fr`Gardés pour soi : ${what}. Personne d'autre ne les voit avant qu'un choix soit fait.`,
    saved: fr`Enregistré.`,
    narrowed:
      fr`Moins de personnes le verront. Cela vaut tout de suite là où cet ordinateur est joignable, en 24 heures ailleurs. Ce qui a déjà été récupéré reste chez ceux qui l'ont.`,
    narrowedHelp:
      fr`Quand moins de personnes peuvent le voir, cela vaut tout de suite là où cet ordinateur est joignable, en 24 heures ailleurs. Ce qui a déjà été récupéré reste chez ceux qui l'ont.`,
    people: fr`Personnes et groupes`,
    peopleHelp: fr`Plusieurs avec Ctrl. Sans choix : seulement les ordinateurs de la même personne.`,
  },

  table: {
    caption: fr`Fichiers partagés depuis cet ordinateur`,
    name: fr`Nom`,
    size: fr`Taille`,
    who: fr`Qui peut le voir`,
    chunks: fr`Morceaux`,
    chunksHelp: fr`Parties dans lesquelles le fichier voyage, depuis plusieurs ordinateurs à la fois`,
    copies: fr`Copies`,
    copiesHelp: fr`Ordinateurs présents qui en ont au moins une partie`,
    fetched: fr`Récupéré`,
    fetchedHelp: fr`Combien de fois il a été récupéré`,
    date: fr`Depuis`,
    actions: fr`Actions`,
    unknown: fr`Inconnu sans le tracker`,
    public: fr`Tout le monde`,
    class: fr`La classe`,
    private: fr`Certains`,
    onlyMe: fr`Moi seulement`,
    gone: fr`une personne qui n'est plus dans la classe`,
    somebodyElse: fr`quelqu'un hors de la classe`,
    folder: (amount) => fr`dossier de ${files(amount)}`,
    select: (name) => fr`Sélectionner ${name}`,
    filter: fr`Filtrer par nom`,
    total: files,
    found: (amount, all) => fr`${files(amount)} sur ${number(all)}`,
    sortBy: fr`Trier par`,
    ascending: fr`Par ordre croissant`,
    descending: fr`Par ordre décroissant`,
    loading: fr`Chargement`,
    keys: fr`Les flèches déplacent, Entrée ouvre, Espace sélectionne, Suppr supprime.`,
    failed: fr`La liste n'a pas pu être chargée.`,
    pages: fr`Pages de la liste`,
    previous: fr`Page précédente`,
    next: fr`Page suivante`,
    range: (from, to, all) => fr`${from} à ${to} sur ${all}`,
  },

  selection: {
    count: (amount) => amount < 2 ? fr`${files(amount)} sélectionné` : fr`${files(amount)} sélectionnés`,
    who: fr`Qui peut les voir`,
    clear: fr`Désélectionner`,
  },

  empty: {
    title: fr`Rien n'est encore partagé depuis cet ordinateur`,
    text:
      fr`Ajouter un fichier et choisir qui peut le voir. Les autres le récupèrent ensuite ici, et les uns chez les autres, même quand le tracker est absent.`,
    folder: fr`Les fichiers mis dans ce dossier sont partagés aussi :`,
    nothingFound: fr`Aucun fichier n'a ces mots dans son nom`,
    clear: fr`Montrer tous les fichiers`,
  },

  scan: {
    looking: (done, all) => fr`Lecture du dossier, ${done} sur ${all}`,
    lookingOnly: (seen) => fr`Lecture du dossier, ${count(seen, "fichier vu", "fichiers vus")}`,
    reading: (done, all) => fr`${done} sur ${all} lus`,
  },

  problems: {
    title: (amount) =>
      amount < 2
        ? fr`${files(amount)} du dossier partagé n'est pas partagé`
        : fr`${files(amount)} du dossier partagé ne sont pas partagés`,
    show: fr`Montrer lesquels`,
    notJoined:
      fr`Les nouveaux fichiers du dossier partagé ne sont pas pour tout le monde, et cet ordinateur n'est dans aucune classe : ils seront partagés dès qu'il en aura rejoint une.`,
    join: fr`Rejoindre une classe`,
    more: (amount) => fr`et ${count(amount, "autre", "autres")}`,
  },

  details: {
    back: fr`Mes fichiers`,
    name: fr`Nom`,
    rename: fr`Renommer`,
    renamed: fr`Renommé.`,
    renameHelp: fr`Le nom que voient les autres. Le fichier de cet ordinateur garde le sien.`,
    who: fr`Qui peut le voir`,
    changeWho: fr`Modifier`,
    size: fr`Taille`,
    chunks: fr`Morceaux`,
    copies: fr`Copies en ce moment`,
    fetched: fr`Récupéré`,
    times: (amount) => count(amount, "fois", "fois"),
    since: fr`Partagé depuis`,
    path: fr`Sur cet ordinateur`,
    link: fr`Lien`,
    linkHelp: fr`Tout le monde sur ce réseau l'ouvre dans un navigateur.`,
    direct: fr`Lien direct vers le fichier`,
    directHelp: fr`Pour les programmes de téléchargement ; marche tant que cet ordinateur est allumé.`,
    noLink: fr`Pas de lien tant que seuls certains peuvent le voir, ou qu'aucun réseau n'est trouvé.`,
    delete: fr`Supprimer`,
    deleteOwned:
      fr`Le fichier est dans le dossier partagé : il part avec le partage, et peut être repris pendant 10 minutes.`,
    deleteElsewhere: fr`Seul le partage prend fin. Le fichier reste où il est sur cet ordinateur.`,
  },

  links: {
    title: fr`Lien vers `,
    copy: fr`Copier le lien`,
    copied: fr`Lien copié.`,
    copyHere: fr`Le navigateur n'autorise pas la copie. Sélectionner le lien et le copier avec Ctrl+C.`,
    none: fr`Aucun lien ne mène encore à ce fichier : pas de tracker, et aucun réseau trouvé.`,
    qr: fr`Code QR`,
    qrAlt: fr`Code QR du lien`,
    qrHelp: fr`À viser avec l'appareil photo d'un téléphone sur le même réseau.`,
  },

  deleted: {
    owned: (what) => fr`Supprimé : ${what}. Celles et ceux qui l'ont déjà récupéré le gardent.`,
    elsewhere: (what) => fr`Plus partagé : ${what}. Le fichier reste sur cet ordinateur.`,
    some: (what) => fr`Supprimés ou plus partagés : ${what}.`,
    restored: (what) => fr`De nouveau partagé : ${what}.`,
  },

  notices: {
    added: fr`Fichiers ajoutés et partagés.`,
    kept: fr`Fichiers ajoutés. Personne ne les voit avant qu'un choix soit fait.`,
    saved: fr`Enregistré.`,
    deleted: fr`Supprimé.`,
    restored: fr`De nouveau partagé.`,
    discarded: fr`Abandonné.`,
  },
};

export { texts as files };
