import type { frame as en } from "../en/frame.ts";
import { counted } from "../formats.ts";
import { fr } from "../typography.ts";

const count = counted("fr");

export const frame: typeof en = {
  brand: "Essaim",
  skip: fr`Aller au contenu`,
  navigation: fr`Menu principal`,
  nav: {
    dashboard: fr`Accueil`,
    files: fr`Mes fichiers`,
    network: fr`Réseau`,
    transfers: fr`Transferts`,
    settings: fr`Réglages`,
  },
  title: (page) => `${page} · Essaim`,
  notInClass: fr`(hors de la classe)`,
  noClass: fr`Aucune classe`,
  you: (name) => fr`Cet ordinateur s'appelle ${name} sur le réseau`,
  search: fr`Chercher sur le réseau`,
  searchHint: fr`Touche / pour chercher`,
  language: fr`Langue`,
  languages: { fr: "Français", en: "English" },
  theme: fr`Couleurs`,
  themes: { auto: fr`Comme le système`, light: fr`Clair`, dark: fr`Sombre` },
  unfinished: (amount) => count(amount, fr`transfert en cours`, fr`transferts en cours`),

  pill: {
    label: fr`État du réseau`,
    online: fr`En ligne`,
    withoutTracker: (peers) => fr`Sans tracker, partage avec ${count(peers, "pair", "pairs")}`,
    alone: fr`Seul sur ce réseau`,
    stopped: fr`Essaim est arrêté`,
    why: fr`pourquoi ?`,
  },
  why: {
    title: fr`Pourquoi ?`,
    noAnswer: (url) => fr`Le tracker à l'adresse ${url} ne répond pas.`,
    noneSet: fr`Aucun tracker n'est réglé sur cet ordinateur.`,
    works: fr`Recherche, partage et téléchargements continuent entre les pairs présents, qui se trouvent tout seuls.`,
    steps: [
      fr`Vérifier que cet ordinateur est sur le même réseau que la classe.`,
      fr`Demander si le tracker est allumé.`,
      fr`Comparer son adresse avec celle des Réglages.`,
    ],
    toSettings: fr`Ouvrir les Réglages`,
    toDoctor: fr`Vérifier le réseau`,
    again: fr`Essaim continue d'essayer tout seul.`,
  },
  lost: {
    title: fr`Essaim ne répond plus sur cet ordinateur.`,
    help:
      fr`Ce qui est affiché n'est peut-être plus à jour. Relancer Essaim s'il a été arrêté ; cette page revient toute seule.`,
    retry: fr`Essayer maintenant`,
  },
  notices: {
    region: fr`Messages`,
    undo: fr`Annuler`,
    close: fr`Fermer`,
    failed: fr`Cela n'a pas fonctionné.`,
    details: fr`Détails`,
  },
  buttons: {
    add: fr`Ajouter`,
    cancel: fr`Annuler`,
    change: fr`Modifier`,
    close: fr`Fermer`,
    copy: fr`Copier`,
    copied: fr`Copié`,
    delete: fr`Supprimer`,
    download: fr`Télécharger`,
    more: fr`Plus`,
    pause: fr`Mettre en pause`,
    resume: fr`Reprendre`,
    retry: fr`Réessayer`,
    save: fr`Enregistrer`,
    show: fr`Afficher`,
    hide: fr`Masquer`,
  },
  units: {
    files: (amount) => count(amount, "fichier", "fichiers"),
    folders: (amount) => count(amount, "dossier", "dossiers"),
    peers: (amount) => count(amount, "pair", "pairs"),
    people: (amount) => count(amount, "personne", "personnes"),
  },
  table: {
    sortBy: (column) => fr`Trier par ${column}`,
  },
  noScript: fr`Sans JavaScript, cette page ne s'actualise pas toute seule : la recharger pour voir les nouveautés.`,
  locked: {
    title: fr`Ces pages sont verrouillées`,
    text: fr`Plusieurs personnes utilisent cet ordinateur : les pages ne s'ouvrent que pour qui a démarré Essaim.`,
    help:
      fr`Dans un terminal, taper la commande ci-dessous et ouvrir le lien qu'elle affiche. Il sert une fois, pendant cinq minutes.`,
  },
  errorPages: {
    notFoundTitle: fr`Cette page n'existe pas`,
    notFound: fr`L'adresse est peut-être mal tapée, ou ce qu'elle montrait n'est plus là.`,
    failedTitle: fr`Cette page n'a pas pu être affichée`,
    failed: fr`Une erreur s'est produite dans Essaim. Les fichiers ne sont pas touchés.`,
    failedHelp: fr`Recharger la page. Si cela se reproduit, relancer Essaim et consulter son journal.`,
    refusedTitle: fr`Cette demande a été refusée`,
    refused: fr`Elle ne venait pas d'une page de cet ordinateur, ou la page était ouverte depuis trop longtemps.`,
    refusedHelp: fr`Rouvrir Essaim à son adresse et recommencer.`,
    home: fr`Aller à l'accueil`,
    reload: fr`Recharger`,
  },
};
