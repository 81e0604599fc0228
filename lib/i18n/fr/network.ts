import type { network as en } from "../en/network.ts";
import { counted } from "../formats.ts";
import { fr } from "../typography.ts";

const count = counted("fr");

export const network: typeof en = {
  title: fr`Réseau`,
  search: {
    label: fr`Chercher ce qui est partagé sur le réseau`,
    placeholder: fr`Un mot du nom`,
    button: fr`Chercher`,
    clear: fr`Vider le champ de recherche`,
    hint: fr`Touche / depuis n'importe où sur la page`,
  },
  filters: {
    label: fr`Filtres`,
    type: fr`Type`,
    types: {
      any: fr`Tous les types`,
      document: fr`Documents`,
      image: fr`Images`,
      video: fr`Vidéos`,
      audio: fr`Musique et sons`,
      archive: fr`Archives`,
      code: fr`Programmes et code`,
      folder: fr`Dossiers`,
      other: fr`Autres`,
    },
    size: fr`Taille`,
    sizes: {
      any: fr`Toutes les tailles`,
      below: (max) => fr`Moins de ${max}`,
      between: (min, max) => fr`De ${min} à ${max}`,
      above: (min) => fr`Plus de ${min}`,
    },
    owner: fr`Propriétaire`,
    anyOwner: fr`Tout le monde`,
    available: fr`Disponible maintenant`,
    clear: fr`Retirer les filtres`,
  },
  sort: {
    label: fr`Trier par`,
    relevance: fr`Pertinence`,
    name: fr`Nom`,
    size: fr`Taille`,
    date: fr`Date`,
    copies: fr`Copies présentes`,
    reverse: {
      asc: fr`Ordre croissant ; appuyer pour l'ordre décroissant`,
      desc: fr`Ordre décroissant ; appuyer pour l'ordre croissant`,
    },
  },
  columns: {
    name: fr`Nom`,
    size: fr`Taille`,
    owner: fr`Propriétaire`,
    copies: fr`Copies présentes`,
    date: fr`Date`,
    action: fr`Action`,
  },
  caption: fr`Fichiers trouvés sur le réseau`,
  found: (amount, more) =>
    more
      ? fr`Plus de ${count(amount, "fichier trouvé", "fichiers trouvés")}`
      : count(amount, "fichier trouvé", "fichiers trouvés"),
  foundFor: (found, q) => fr`${found} pour « ${q} »`,
  searching: fr`Recherche…`,
  showMore: fr`En montrer plus`,
  enough: (amount) => fr`Voici les ${amount} premiers. Un mot de plus ou un filtre permet de préciser.`,
  alsoCalled: (names, more) =>
    fr`aussi nommé ${names.join(", ")}${more > 0 ? fr` et ${count(more, "autre nom", "autres noms")}` : ""}`,
  moreOwners: (amount) => fr`et ${count(amount, "autre", "autres")}`,
  seen: (when) => fr`vu ${when}`,
  copiesUnit: (amount) => amount < 2 ? fr`copie présente` : fr`copies présentes`,

  states: {
    available: fr`Disponible`,
    mine: fr`Partagé d'ici`,
    here: fr`Déjà ici`,
    downloading: fr`En chemin`,
    "no-source": fr`Personne ne l'a en ce moment`,
  },
  actions: {
    download: fr`Télécharger`,
    downloading: (percent) => fr`Téléchargement ${percent}`,
    open: fr`Ouvrir`,
    openFolder: fr`Voir le dossier`,
    askAgain: fr`Redemander`,
    asking: fr`Demande…`,
    mine: fr`Mes fichiers`,
    of: (action, name) => fr`${action} : ${name}`,
  },
  started: (name) => fr`${name} est en chemin.`,
  revealed: (path) => fr`C'est ici : ${path}`,
  seeTransfers: fr`Voir les transferts`,
  stillNobody: (name) => fr`Personne de présent n'a ${name}. Le téléchargement peut partir tout seul dès un retour.`,
  fetchLater: fr`Le prendre dès un retour`,

  empty: {
    title: fr`Rien n'est encore partagé sur le réseau`,
    help:
      fr`Ce que les autres partagent apparaît ici tout seul. Partager un fichier de cet ordinateur est un bon début.`,
    action: fr`Partager un fichier`,
  },
  nothing: {
    title: (q) => fr`Rien ne s'appelle « ${q} »`,
    titleFiltered: fr`Rien ne correspond à ces filtres`,
    help:
      fr`Moins de lettres trouvent davantage : un bout de mot suffit, les accents et les majuscules ne comptent pas.`,
    helpFiltered: fr`Cela existe peut-être dans un autre type ou une autre taille, ou son propriétaire est absent.`,
  },
  away: {
    title: fr`Le tracker ne répond pas, et aucun autre ordinateur n'a encore été trouvé`,
    none: fr`Aucun tracker n'est réglé sur cet ordinateur, et aucun autre ordinateur n'a encore été trouvé`,
    help:
      fr`Les téléchargements en cours continuent. La recherche se répète toute seule dès que le tracker revient ; s'il reste absent, vérifier le câble réseau ou le Wi-Fi, et l'adresse dans les Réglages.`,
    settings: fr`Ouvrir les Réglages`,
    retry: fr`Chercher à nouveau`,
  },
  failed: { title: fr`La recherche n'a pas fonctionné` },
  fromCache: fr`Le tracker est absent : voici ce que disent les ordinateurs voisins.`,

  details: {
    title: fr`Détails`,
    open: (name) => fr`Détails de ${name}`,
    close: fr`Fermer les détails`,
    loading: fr`Recherche de qui l'a…`,
    owner: fr`Propriétaire`,
    owners: fr`Propriétaires`,
    names: fr`Noms`,
    size: fr`Taille`,
    date: fr`Partagé`,
    permission: fr`Qui peut le voir`,
    visibility: {
      public: fr`Tout le monde sur ce réseau`,
      class: fr`La classe`,
      private: fr`Certaines personnes`,
    },
    sha256: "SHA-256",
    sha256Help: fr`L'empreinte du contenu : des fichiers identiques ont la même.`,
    copy: fr`Copier`,
    copied: fr`Copié`,
    copyLink: fr`Copier le lien`,
    sources: fr`Qui l'a maintenant`,
    have: (percent) => fr`en a ${percent}`,
    haveAll: fr`l'a en entier`,
    noSources: fr`Personne de présent ne l'a. Il reviendra avec son propriétaire.`,
    link: fr`Lien`,
    linkHelp: fr`S'ouvre dans tout navigateur de ce réseau, sans Essaim.`,
    qr: fr`Code QR du lien`,
    noLink: fr`Pas de lien tant que le tracker est absent.`,
    failed: fr`Impossible de demander qui l'a.`,
  },
};
