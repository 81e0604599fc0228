import type { errors as en } from "../en/errors.ts";
import { fr } from "../typography.ts";

export const errors: typeof en = {
  "access-ended": fr`Son propriétaire ne le partage plus avec cet ordinateur. Le lui demander s'il est encore utile.`,
  "already-running":
    fr`Essaim tourne déjà avec ce dossier de données. Utiliser la fenêtre ouverte, ou choisir un autre dossier.`,
  "bad-config": fr`Cette valeur ne convient pas. La corriger, puis enregistrer à nouveau.`,
  "bad-content":
    fr`Ce qu'un pair a envoyé n'est pas le fichier demandé. Essaim s'adresse à d'autres pairs ; réessayer plus tard.`,
  "bad-input": fr`Ceci n'a pas été compris. Vérifier la saisie et réessayer.`,
  "bad-name":
    fr`Ce nom ne convient pas à un fichier. En choisir un sans / \\ : * ? " < > | et qui ne soit pas fait que de points ou d'espaces.`,
  "bad-record":
    fr`Ce qu'un pair dit de ce fichier n'est pas signé par son propriétaire. Demander à celui-ci de le partager à nouveau.`,
  busy: fr`Trop de choses se passent à la fois. Attendre quelques secondes et réessayer.`,
  cancelled: fr`Ceci a été annulé. Recommencer si c'est encore utile.`,
  changed:
    fr`Le fichier a changé entre-temps sur l'ordinateur de son propriétaire. Chercher à nouveau pour obtenir la nouvelle version.`,
  conflict: fr`Ceci n'est pas possible pour le moment. Recharger la page pour voir ce qui a changé.`,
  "database-damaged":
    fr`La mémoire d'Essaim sur cet ordinateur est endommagée. Relancer Essaim ; il répare ce qu'il peut.`,
  "disk-full": fr`Le disque est plein. Libérer de la place ; ce qui était commencé reprend alors tout seul.`,
  internal:
    fr`Une erreur inattendue s'est produite dans Essaim. Réessayer ; si cela se reproduit, consulter le journal.`,
  limited: fr`Trop de demandes en peu de temps. Attendre un instant et réessayer.`,
  "name-taken":
    fr`Quelqu'un de la classe porte ce nom, ou un nom qui lui ressemble. En choisir un autre ; pour un deuxième ordinateur, demander un code sur le premier.`,
  "no-desktop": fr`Aucun programme d'ici ne peut montrer des dossiers. Les détails disent où il se trouve.`,
  "no-source": fr`Aucun pair présent n'a ce fichier. Le téléchargement démarre tout seul quand l'un d'eux revient.`,
  "not-found": fr`Ceci n'est plus là : supprimé, ou plus partagé avec cet ordinateur.`,
  "not-joined":
    fr`Seuls les membres d'une classe peuvent choisir qui voit un fichier. Rejoindre une classe dans les Réglages, ou partager avec tout le monde sur ce réseau.`,
  "not-running": fr`Essaim ne tourne pas sur cet ordinateur. Le lancer et recharger la page.`,
  "port-taken": fr`Un autre programme utilise ce port. En choisir un autre dans les Réglages.`,
  removed:
    fr`L'enseignant a retiré cet ordinateur de la classe. Lui demander de réintégrer la personne, ou de faire un code personnel.`,
  "too-large": fr`C'est trop grand. Choisir quelque chose de plus petit.`,
  unauthorized: fr`Cette page est ouverte depuis trop longtemps, ou ailleurs. Rouvrir Essaim à son adresse.`,
  unreachable: fr`L'autre ordinateur ne répond pas. Vérifier le réseau et réessayer.`,
  unreadable: fr`Un fichier ou un dossier ne peut pas être lu. Vérifier qu'il existe et que ce compte peut l'ouvrir.`,
  unwritable:
    fr`Un fichier ou un dossier ne peut pas être écrit. Vérifier qu'il existe et que ce compte peut le modifier.`,
  "wrong-code":
    fr`Ce code n'est pas celui de la classe, ou il a déjà servi. Le comparer avec celui que montre l'enseignant.`,
  lost: fr`Essaim ne répond pas sur cet ordinateur. Le relancer s'il a été arrêté, puis réessayer.`,
};
