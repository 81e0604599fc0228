import type { trackerClass as en } from "../en/tracker_class.ts";
import { counted } from "../formats.ts";
import { fr } from "../typography.ts";

const count = counted("fr");

export const trackerClass: typeof en = {
  nav: fr`Classe`,
  tabs: {
    label: fr`Pages de la classe`,
    people: fr`Personnes`,
    invite: fr`Inviter`,
    files: fr`Fichiers retirés`,
    log: fr`Journal`,
    settings: fr`Réglages`,
  },
  signOut: fr`Se déconnecter`,
  cancel: fr`Annuler`,

  done: {
    renamed: fr`Le nom a été changé. Ses ordinateurs le prennent dès qu'ils atteignent le tracker.`,
    removed: fr`Retrait de la classe effectué. Ses ordinateurs sont refusés à partir de maintenant.`,
    restored: fr`Réintégration effectuée. Ses ordinateurs allumés le remarquent en moins d'une minute.`,
    "computer-removed": fr`L'ordinateur a été retiré. Il est refusé à partir de maintenant.`,
    "new-code": fr`Il y a un nouveau code de classe. L'ancien ne marche plus ; qui a déjà rejoint la classe y reste.`,
    saved: fr`Enregistré.`,
    "password-set": fr`Le mot de passe a été défini. Qui était connecté doit se connecter à nouveau.`,
    "taken-down": fr`Le fichier a été retiré.`,
    "allowed-again": fr`Le fichier est de nouveau autorisé. Il réapparaît aussitôt si quelqu'un le partage encore.`,
  },

  people: {
    title: fr`Personnes de la classe`,
    summary: (people, here) =>
      fr`${count(people, "personne", "personnes")}, ${here === 0 ? fr`aucune` : here} ici en ce moment`,
    search: fr`Chercher un nom`,
    find: fr`Chercher`,
    filters: fr`Quelles personnes`,
    filter: {
      all: fr`Toutes`,
      here: fr`Ici en ce moment`,
      away: fr`Absentes`,
      invited: fr`Pas encore venues`,
      removed: fr`Retirées`,
    },
    columns: {
      name: fr`Nom`,
      state: fr`Présence`,
      computers: fr`Ordinateurs`,
      since: fr`Depuis`,
      actions: fr`Actions`,
    },
    caption: fr`Personnes de la classe`,
    states: {
      here: fr`ici en ce moment`,
      away: fr`absent`,
      invited: fr`invitation pas encore utilisée`,
      awaited: fr`réinitialisé, nouvel ordinateur attendu`,
      removed: fr`retiré de la classe`,
    },
    seen: (date) => fr`vu ${date}`,
    reset: (name) => fr`Réinitialiser ${name}`,
    remove: (name) => fr`Retirer ${name}`,
    restore: fr`Réintégrer`,
    restoreOf: (name) => fr`Réintégrer ${name} dans la classe`,
    none: fr`Personne n'a encore rejoint la classe`,
    noneHelp:
      fr`Montrer le code de classe ou distribuer des codes à usage unique : qui rejoint la classe apparaît ici.`,
    noMatch: fr`Personne ne correspond`,
    noMatchHelp: fr`Aucun nom de ce groupe ne contient ces lettres.`,
    showAll: fr`Afficher tout le monde`,
    page: (page, pages) => fr`Page ${page} sur ${pages}`,
    previous: fr`Page précédente`,
    next: fr`Page suivante`,
  },

  person: {
    missing: fr`Cette personne n'est pas dans la classe.`,
    rename: fr`Nom`,
    renameHelp: fr`Un nom appartient à une seule personne. Il change pour tout le monde.`,
    renameButton: fr`Changer le nom`,
    computers: fr`Ordinateurs`,
    noComputers: fr`Aucun ordinateur n'a encore rejoint la classe sous ce nom.`,
    computer: (number) => fr`Ordinateur ${number}`,
    here: fr`ici en ce moment`,
    away: fr`absent`,
    neverSeen: fr`pas vu depuis le démarrage du tracker`,
    revoked: fr`retiré`,
    joined: (date) => fr`ajouté ${date}`,
    until: (date) => fr`certificat jusqu'au ${date}`,
    removeComputer: fr`Retirer`,
    removeComputerOf: (computer) => fr`Retirer ${computer}`,
    reset: fr`Ordinateur perdu ou réinstallé ?`,
    resetHelp:
      fr`Une réinitialisation refuse tous ses ordinateurs et donne un code pour le nouveau. C'est toujours la même personne : ce qui était partagé avec elle reste visible.`,
    resetButton: fr`Réinitialiser…`,
    remove: fr`Plus dans la classe ?`,
    removeHelp: fr`Tous ses ordinateurs sont refusés, et ce qu'ils partagent disparaît pour la classe.`,
    removeButton: fr`Retirer…`,
    removedNote:
      fr`Cette personne a été retirée de la classe. Qui rejoint la classe sous ce nom est quelqu'un d'autre.`,
    restore: fr`Retirée par erreur ?`,
    restoreHelp:
      fr`C'est la même personne qu'avant, avec les ordinateurs retirés à ce moment-là. Ce qui était partagé avec elle redevient visible.`,
  },

  confirm: {
    restore: {
      title: (name) => fr`Réintégrer ${name} dans la classe ?`,
      text:
        fr`C'est la même personne qu'avant, avec les ordinateurs retirés à ce moment-là. Si quelqu'un d'autre a pris le nom, en choisir un autre.`,
      name: fr`Nom`,
    },
    remove: {
      title: (name) => fr`Retirer ${name} de la classe ?`,
      text: [
        fr`Le tracker refuse aussitôt les ordinateurs de cette personne, et ceux de la classe qui sont allumés en moins d'une demi-minute ; les autres dès qu'ils l'apprennent, sous 24 heures.`,
        fr`Ce qui a déjà été téléchargé reste sur les ordinateurs qui l'ont.`,
        fr`Cette personne peut être réintégrée plus tard, avec les mêmes ordinateurs.`,
        fr`Le nom redevient libre. Qui le prend ensuite est quelqu'un d'autre, et ne voit rien de ce qui était partagé avant.`,
      ],
      button: fr`Retirer`,
    },
    reset: {
      title: (name) => fr`Réinitialiser ${name} ?`,
      text: [
        fr`Tous les ordinateurs de cette personne sont refusés à partir de maintenant.`,
        fr`Un code à usage unique s'affiche, valable 30 jours. Avec lui, un nouvel ordinateur, ou l'un de ceux-là, rejoint la classe comme la même personne.`,
      ],
      button: fr`Réinitialiser et afficher le code`,
    },
    computer: {
      title: (computer, name) => fr`Retirer ${computer} de ${name} ?`,
      text: [
        fr`Cet ordinateur est refusé à partir de maintenant. Les autres ordinateurs de cette personne restent dans la classe.`,
        fr`Ce qui a déjà été téléchargé y reste.`,
      ],
      button: fr`Retirer l'ordinateur`,
    },
    newCode: {
      title: fr`Faire un nouveau code de classe ?`,
      text: [
        fr`Le code et les liens montrés jusqu'ici ne marchent plus. Qui a déjà rejoint la classe y reste.`,
        fr`Les codes à usage unique déjà distribués restent valables.`,
      ],
      button: fr`Faire un nouveau code`,
    },
    takeDown: {
      title: (name) => fr`Retirer ${name} ?`,
      text: [
        fr`Le tracker n'affiche plus ce contenu, sous aucun nom, et n'y mène plus personne.`,
        fr`Les copies restent sur les ordinateurs qui les ont, et des ordinateurs qui se voient sans le tracker peuvent encore se les passer. S'il doit disparaître, en parler à ses propriétaires.`,
      ],
      button: fr`Retirer`,
    },
  },

  join: {
    show: fr`Afficher le code de classe`,
    code: fr`Code de classe`,
    link: fr`Lien pour rejoindre`,
    copyLink: fr`Copier le lien`,
    qr: fr`Code QR du lien pour rejoindre la classe`,
    otherLinks: fr`Si cette adresse ne s'ouvre pas, la même chose à :`,
    help:
      fr`Qui a ce code peut rejoindre la classe. Le montrer à la classe, et en faire un nouveau s'il est allé trop loin.`,
    helpRoster: fr`Dans cette classe, on n'entre qu'avec un code à usage unique, différent pour chaque personne.`,
    helpOpen:
      fr`La classe est ouverte : qui atteint le tracker et connaît la première moitié de ce code peut la rejoindre.`,
    makeNew: fr`Faire un nouveau code…`,
    forTeacher: fr`Pages de l'enseignant`,
  },

  visitor: {
    title: (name) => fr`Rejoindre ${name}`,
    plain: fr`Rejoindre la classe`,
    intro: {
      code: fr`L'enseignant montre le code de classe, ou un lien qui le contient.`,
      open: fr`L'enseignant montre le code de classe, ou un lien qui le contient.`,
      roster: fr`L'enseignant donne un code à chaque personne. Il marche une seule fois.`,
    },
    steps: [
      fr`Démarrer Essaim sur son ordinateur.`,
      fr`Ouvrir sa page dans le navigateur : sous « Rejoindre sa classe », elle demande le lien ou le code.`,
      fr`Coller le lien ou taper le code, entrer son nom, et appuyer sur Rejoindre.`,
    ],
    command: fr`Ou dans un terminal :`,
    yourName: "SON-NOM",
    linkHere: fr`Voici le lien`,
    linkHelp:
      fr`Le copier, puis le coller dans la page d'Essaim sur son ordinateur. Le code qu'il contient n'a pas quitté ce navigateur.`,
    copyLink: fr`Copier le lien`,
    copyCommand: fr`Copier la commande`,
    browser: fr`Pour regarder avec un navigateur seulement, rien à rejoindre.`,
  },

  invite: {
    title: fr`Inviter des personnes`,
    text:
      fr`Chaque nom reçoit un code à lui, qui marche une seule fois, sous 30 jours. Imprimer la feuille, la découper, la distribuer.`,
    names: fr`Noms, un par ligne`,
    namesHelp: fr`Tels qu'ils doivent apparaître dans la classe.`,
    file: fr`Ou une liste dans un fichier (CSV)`,
    fileHelp:
      fr`Comme un tableur l'exporte : une seule colonne de noms, ou des colonnes intitulées « Nom » et « Prénom », ou « Élève ».`,
    button: fr`Faire les codes`,
    again:
      fr`Qui a déjà été invité sans avoir encore rejoint la classe reçoit un nouveau code ; l'ancien ne marche plus. Qui l'a déjà rejointe n'en reçoit pas.`,
    wrong: fr`Personne n'a été invité`,
    correct: fr`Corriger ces lignes et réessayer :`,
    twice: (line, name, first) =>
      fr`Ligne ${line} : ${name} est aussi à la ligne ${first}, ou lui ressemble. Les distinguer, par exemple par une lettre.`,
    noName: (line, name) =>
      fr`Ligne ${line} : ${name} ne peut pas être un nom. Un nom a de 1 à 64 caractères, tous visibles.`,
    empty: fr`Entrer au moins un nom, ou choisir un fichier.`,
    nobody: fr`Toutes les personnes de cette liste ont déjà rejoint la classe. Rien n'a été changé.`,
  },

  sheet: {
    title: { invited: fr`Codes à distribuer`, reset: (name) => fr`Nouveau code pour ${name}` },
    gone: fr`Ces codes ne sont plus affichés`,
    goneHelp:
      fr`Les codes restent visibles une heure après leur création. En faire de nouveaux ; les anciens ne marchent alors plus.`,
    note: (date) =>
      fr`Chaque code marche une seule fois, jusqu'au ${date}. Cette page les montre pendant une heure : l'imprimer maintenant.`,
    noteOne: (date) => fr`Le code marche une seule fois, jusqu'au ${date}. Cette page le montre pendant une heure.`,
    print: fr`Imprimer`,
    code: fr`Code`,
    link: fr`Lien`,
    how: fr`Dans Essaim, sous « Rejoindre sa classe »`,
    qr: (name) => fr`Code QR du lien pour ${name}`,
    copyLink: fr`Copier le lien`,
    done: fr`Revenir aux personnes`,
  },

  files: {
    title: fr`Fichiers retirés`,
    text:
      fr`Le tracker n'en affiche aucun et n'y mène personne. Pour en retirer un, ouvrir sa page depuis la recherche.`,
    none: fr`Aucun fichier n'a été retiré`,
    noneHelp:
      fr`Si quelque chose n'a rien à faire ici, le chercher, ouvrir sa page et choisir Retirer. Ce qui est pour la classe ou pour certaines personnes seulement, le tracker ne le connaît pas : il ne peut pas être retiré ici.`,
    search: fr`Ouvrir la recherche`,
    name: fr`Nom`,
    since: fr`Retiré`,
    id: fr`Identifiant`,
    actions: fr`Actions`,
    allow: fr`Autoriser à nouveau`,
    allowOf: (name) => fr`Autoriser à nouveau : ${name}`,
    takeDown: fr`Retirer…`,
  },

  log: {
    title: fr`Journal`,
    text: fr`Ce qui a été fait dans la classe, le plus récent d'abord.`,
    none: fr`Rien ne s'est encore passé.`,
    by: fr`par`,
    teacher: fr`l'enseignant`,
    older: fr`Plus ancien`,
    newest: fr`Le plus récent`,
    about: (action) => fr`${action} :`,
    actions: {
      joined: fr`nouveau dans la classe`,
      "renewed-after-loss": fr`inscrit à nouveau après la perte de la base`,
      removed: fr`retiré de la classe`,
      restored: fr`réintégré dans la classe`,
      renamed: fr`renommé`,
      reset: fr`réinitialisé`,
      "device-removed": fr`ordinateur retiré`,
      "new-code": fr`nouveau code de classe`,
      enrolment: fr`manière d'entrer changée`,
      roster: fr`personnes invitées`,
      "taken-down": fr`fichier retiré`,
      "allowed-again": fr`fichier autorisé à nouveau`,
      "signed-in": fr`connexion aux pages de l'enseignant`,
      "sign-in-failed": fr`mot de passe faux`,
      "password-set": fr`mot de passe défini`,
      "class-renamed": fr`classe renommée`,
    },
  },

  settings: {
    title: fr`Réglages de la classe`,
    name: fr`Nom de la classe`,
    nameHelp: fr`Montré à tout le monde, même à qui ne l'a pas rejointe.`,
    nameButton: fr`Changer le nom`,
    enrolment: fr`Qui peut entrer`,
    modes: {
      code: {
        label: fr`Qui a le code de classe`,
        help: fr`Le choix habituel : montrer le code dans la salle. En faire un nouveau s'il est allé trop loin.`,
      },
      open: {
        label: fr`Qui atteint le tracker`,
        help:
          fr`La première moitié du code suffit ; elle prouve seulement que c'est le bon tracker. N'importe qui sur le réseau peut entrer.`,
      },
      roster: {
        label: fr`Seulement les personnes invitées`,
        help: fr`Chaque personne reçoit un code à usage unique. Le code de classe ne fait plus entrer personne.`,
      },
    },
    enrolmentButton: fr`Enregistrer`,
    code: fr`Code de classe`,
    codeHelp: fr`L'afficher en grand pour toute la salle, ou en faire un nouveau s'il est allé trop loin.`,
    showCode: fr`Afficher en grand`,
    password: fr`Mot de passe de l'enseignant`,
    passwordHelp:
      fr`Sur cet ordinateur, ces pages s'ouvrent sans mot de passe. Depuis un autre, elles le demandent, sur une connexion chiffrée.`,
    passwordSet: fr`Un mot de passe est défini.`,
    passwordUnset: fr`Aucun mot de passe n'est défini : les pages ne s'ouvrent que sur cet ordinateur.`,
    newPassword: fr`Nouveau mot de passe`,
    newPasswordHelp: fr`Au moins 10 caractères. Plusieurs mots se retiennent bien et se devinent mal.`,
    again: fr`Le même encore une fois`,
    passwordButton: fr`Définir le mot de passe`,
    different: fr`Les deux mots de passe diffèrent. Taper deux fois le même.`,
    "too-short": fr`Ce mot de passe est trop court. En choisir un d'au moins 10 caractères.`,
    "too-long": fr`Ce mot de passe est trop long. En choisir un d'au plus 200 caractères.`,
    onlyHere:
      fr`Le mot de passe se définit sur l'ordinateur du tracker, sur cette page ou avec : essaim tracker-password`,
    elsewhere: fr`Depuis un autre ordinateur :`,
    fingerprint: fr`Le navigateur dira qu'il ne connaît pas le certificat. Comparer son empreinte SHA-256 :`,
    badName: fr`Ce nom ne peut pas servir. En choisir un de 1 à 64 caractères.`,
    nameTaken: fr`Quelqu'un de la classe porte ce nom, ou un nom qui lui ressemble. En choisir un autre.`,
  },

  signIn: {
    title: fr`Connexion de l'enseignant`,
    password: fr`Mot de passe`,
    button: fr`Se connecter`,
    wrong: fr`Ce mot de passe n'est pas le bon.`,
    limited: (seconds) =>
      fr`Trop de mots de passe faux. Essayer à nouveau dans ${
        count(seconds, "seconde", "secondes")
      }, ou ouvrir les pages sur l'ordinateur du tracker.`,
    unset: fr`Aucun mot de passe n'est encore défini`,
    unsetHelp: fr`En définir un sur l'ordinateur du tracker : sur sa page, sous Classe, Réglages, ou avec`,
  },

  refused: {
    title: fr`Cette page est pour l'enseignant`,
    "not-encrypted":
      fr`Depuis un autre ordinateur, elle ne s'ouvre que sur une connexion chiffrée, pour que personne ne puisse lire ce qui passe.`,
    proxy:
      fr`Ce tracker est atteint par un autre serveur (tracker.public_url est réglé, ou un proxy se trouve entre les deux) ; personne ne compte donc comme étant sur son ordinateur.`,
    here: fr`Sur l'ordinateur du tracker, ouvrir`,
    secure: fr`Depuis un autre ordinateur, ouvrir cette adresse et entrer le mot de passe :`,
    none: fr`Les adresses chiffrées ne sont pas connues. Demander à qui fait tourner le tracker.`,
    warning:
      fr`Le navigateur dira qu'il ne connaît pas le certificat. Son empreinte est affichée sur l'ordinateur du tracker, sous Classe, Réglages.`,
  },
};
