import type { welcome as en } from "../en/welcome.ts";
import { fr } from "../typography.ts";

export const welcome: typeof en = {
  title: fr`Bienvenue dans Essaim`,
  text:
    fr`Les fichiers vont directement d'un ordinateur de la classe aux autres. Trois petites étapes, et chacune peut être passée.`,
  steps: { class: fr`La classe`, folder: fr`Le dossier`, file: fr`Un premier fichier` },
  progress: fr`Premières étapes`,
  class: {
    title: fr`Quelle est la classe ?`,
    skip: fr`Sans classe pour le moment`,
    skipHelp:
      fr`Les fichiers pour tout le monde se partagent quand même. Une classe se rejoint plus tard, dans les réglages.`,
  },
  folder: {
    title: fr`Quel dossier est partagé ?`,
    text: fr`Tout ce qui est mis dans ce dossier est partagé aussitôt, et ce qui en est retiré ne l'est plus.`,
    who: (choice) => fr`Qui peut le voir : ${choice}.`,
    change: fr`Cela se change pour chaque fichier dans Mes fichiers, et pour tous les nouveaux dans les réglages.`,
    label: fr`Dossier`,
    help: fr`Il est créé s'il n'existe pas. Mieux vaut un dossier sans autre chose dedans : tout serait partagé.`,
    submit: fr`Partager ce dossier`,
    skip: fr`Décider plus tard`,
    fixed: fr`Il a été choisi au démarrage d'Essaim.`,
    next: fr`Continuer`,
  },
  file: {
    title: fr`Partager un premier fichier`,
    text:
      fr`Déposer un fichier sur cette page, ou en choisir un avec « Ajouter des fichiers ». Puis dire qui peut le voir.`,
    skip: fr`Pas maintenant`,
  },
};
