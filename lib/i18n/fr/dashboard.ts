import type { dashboard as en } from "../en/dashboard.ts";
import { counted, formats } from "../formats.ts";
import { fr } from "../typography.ts";

const count = counted("fr");

export const dashboard: typeof en = {
  title: fr`Accueil`,
  tracker: fr`Tracker`,
  trackerState: { online: fr`Répond`, offline: fr`Ne répond pas`, none: fr`Non réglé` },
  peers: fr`Pairs présents`,
  nobody: fr`personne pour l'instant`,
  allFiles: fr`Tous mes fichiers`,
  shared: fr`Fichiers partagés`,
  pending: (amount) => fr`${count(amount, "fichier attend", "fichiers attendent")} un choix : qui peut le voir ?`,
  transfers: fr`Transferts en cours`,
  noTransfers: fr`Aucun téléchargement en cours.`,
  allTransfers: fr`Tous les transferts`,
  moreTransfers: (amount) => fr`et ${count(amount, "autre", "autres")}`,
  from: (sources) => fr`de ${count(sources, "pair", "pairs")}`,
  state: {
    queued: fr`Attend son tour`,
    finding: fr`Cherche des pairs`,
    fetching: fr`Téléchargement`,
    waiting: fr`En attente`,
    paused: fr`En pause`,
    complete: fr`Terminé`,
    failed: fr`Échec`,
  },
  throughput: fr`Débit`,
  receiving: fr`Réception`,
  sending: fr`Envoi`,
  lastMinutes: (ms) => fr`Dernières ${formats("fr").duration(ms)}`,
  progress: fr`Avancement`,
  chart: (down, up) => fr`Débit en ce moment : réception ${down}, envoi ${up}`,
  activity: fr`Activité récente`,
  noActivity: fr`Ce qui se passe sur cet ordinateur apparaît ici.`,
  events: {
    shared: fr`Partagé`,
    changed: fr`Nouvelle version partagée`,
    removed: fr`N'est plus partagé`,
    downloaded: fr`Téléchargé`,
    failed: fr`N'a pas pu être téléchargé`,
    givenTo: fr`Donné à`,
    joined: fr`Est là`,
    left: fr`N'est plus là`,
    someone: fr`un pair`,
    something: fr`Un fichier`,
  },
  scanning: (seen) => fr`Examen du dossier partagé : ${count(seen, "fichier", "fichiers")} pour l'instant`,
  hashing: (done, total) => fr`Préparation des fichiers à partager : ${done} sur ${total}`,
  problems: (amount) => count(amount, fr`fichier ne peut pas être partagé`, fr`fichiers ne peuvent pas être partagés`),
  start: {
    title: fr`Partager un premier fichier`,
    text: fr`Le déposer sur Mes fichiers et choisir qui peut le voir.`,
    button: fr`Ajouter un fichier`,
    find: fr`Chercher sur le réseau`,
  },
};
