import type { transfers as en } from "../en/transfers.ts";
import { counted } from "../formats.ts";
import { fr } from "../typography.ts";

const count = counted("fr");

export const transfers: typeof en = {
  title: fr`Transferts`,
  inProgress: fr`En cours`,
  overall: (amount, rate) => `${count(amount, "transfert", "transferts")} · ${rate}`,
  pauseAll: fr`Tout mettre en pause`,
  resumeAll: fr`Tout reprendre`,
  empty: {
    title: fr`Aucun téléchargement en cours`,
    help: fr`Ce qui est téléchargé depuis le réseau apparaît ici, avec sa progression.`,
    action: fr`Chercher un fichier`,
  },
  amount: (done, size) => fr`${done} sur ${size}`,
  left: (time) => time,
  from: (peers) => fr`de ${count(peers, "pair", "pairs")}`,
  sharedBy: (owner) => fr`partagé par ${owner}`,
  inFolder: (files) => count(files, "fichier", "fichiers"),
  folder: fr`dossier`,
  progressOf: (name) => fr`Progression de ${name}`,
  actionsFor: (name) => fr`Actions pour ${name}`,

  pause: fr`Mettre en pause`,
  resume: fr`Reprendre`,
  retry: fr`Réessayer`,
  cancel: fr`Annuler`,
  open: fr`Ouvrir`,
  openFolder: fr`Montrer dans son dossier`,
  forget: fr`Retirer de la liste`,
  of: (action, name) => fr`${action} : ${name}`,

  standing: {
    queued: fr`En attente de son tour : d'autres téléchargements passent avant.`,
    finding: fr`Recherche de qui l'a…`,
    asked: fr`Demandé ; les premiers octets sont attendus…`,
    noSource: (owner) =>
      fr`En attente : ${owner}, qui le partage, est absent du réseau, et personne d'autre de présent ne l'a. Cela reprendra tout seul au retour de l'un d'eux.`,
    missing: (owner, chunks) =>
      chunks === 1
        ? fr`En attente : personne de présent n'a le dernier morceau. Cela reprendra tout seul au retour de ${owner} ou d'un autre pair qui l'a.`
        : fr`En attente : personne de présent n'a les ${
          count(chunks, "morceau", "morceaux")
        } qui manquent. Cela reprendra tout seul au retour de ${owner} ou d'un autre pair qui les a.`,
    waiting: fr`En attente. Cela reprendra tout seul dès que possible.`,
    paused: fr`En pause. Ce qui est déjà là est gardé.`,
    changed:
      fr`Modifié entre-temps par qui le partage. L'annuler et le télécharger à nouveau : ce sera la nouvelle version.`,
    failed: fr`Arrêté ; cela ne reprendra pas tout seul.`,
  },
  exactReason: fr`Ce qu'Essaim a noté`,

  details: fr`Morceaux et sources`,
  map: {
    title: fr`Morceaux`,
    loading: fr`Le dessin des morceaux arrive…`,
    none: fr`Les morceaux se voient pendant que le fichier arrive.`,
    inWords: (percent, from) => fr`${percent} est là${from === "" ? "" : fr` : ${from}`}.`,
    fromSource: (percent, name) => fr`${percent} de ${name}`,
    asked: fr`demandé`,
    missing: fr`pas encore là`,
    unknownSource: fr`déjà là avant`,
    perCell: (chunks) => fr`Une case vaut ${count(chunks, "morceau", "morceaux")}.`,
  },
  sources: {
    title: fr`Sources`,
    name: fr`Pair`,
    bytes: fr`Donné`,
    rate: fr`Débit`,
    none: fr`Personne n'a encore rien donné.`,
  },
  facts: {
    to: fr`Va dans`,
    at: fr`Se trouve à`,
    owner: fr`Partagé par`,
    started: fr`Demandé`,
    finished: fr`Complet depuis`,
  },

  cancelled: {
    notice: (name) => fr`${name} est annulé.`,
    kept: (name) => fr`${name} est en pause ; ce qui en est arrivé est encore là.`,
    undo: fr`Rétablir`,
    now: fr`Supprimer ce qui est arrivé`,
  },
  forgotten: {
    one: (name) => fr`${name} est retiré de la liste. Le fichier reste à sa place.`,
    all: (amount) =>
      fr`${count(amount, "ligne est retirée", "lignes sont retirées")} de la liste. Les fichiers restent à leur place.`,
  },
  revealed: (path) => fr`C'est ici : ${path}`,

  history: {
    title: fr`Terminés`,
    clear: fr`Vider la liste`,
    clearHelp: fr`Les fichiers restent à leur place.`,
    empty: fr`Les téléchargements terminés sont listés ici.`,
    newer: fr`Plus récents`,
    older: fr`Plus anciens`,
    pages: fr`Pages des téléchargements terminés`,
    columns: {
      name: fr`Nom`,
      size: fr`Taille`,
      owner: fr`Partagé par`,
      finished: fr`Terminé`,
      actions: fr`Actions`,
    },
  },
  showMore: fr`En montrer plus`,
};
