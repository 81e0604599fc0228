import type { classTexts as en } from "../en/class.ts";
import { counted } from "../formats.ts";
import { fr } from "../typography.ts";

const count = counted("fr");
const people = (amount: number) => count(amount, "personne", "personnes");

export const classTexts: typeof en = {
  title: fr`Classe`,
  join: {
    title: fr`Rejoindre sa classe`,
    text:
      fr`Dans une classe, un fichier peut être pour la classe ou pour certaines personnes seulement, et les noms sont sûrs.`,
    removed: (className) =>
      fr`L'enseignant a retiré cet ordinateur de ${className}. Il y revient tout seul quand l'enseignant réintègre la personne ; sinon, rejoindre avec un code personnel fait par l'enseignant. Le code de toute la classe ne suffit pas.`,
    link: fr`Lien ou code`,
    linkHelp: fr`Comme l'enseignant le montre : http://…/join#ABCD-EFGH-JKMN-PQRS, ou son code seul.`,
    heard: {
      title: fr`Classes de ce réseau`,
      help:
        fr`À comparer : le code de l'enseignant commence par les lettres et chiffres montrés ici. Sa deuxième moitié suffit alors.`,
      none:
        fr`Aucune classe ne se fait connaître sur ce réseau pour le moment. Le lien que donne l'enseignant suffit aussi.`,
      other: fr`Une autre`,
      otherHelp: fr`Par le lien que donne l'enseignant.`,
    },
    code: fr`Code`,
    codeHelp: (beginning) =>
      fr`Comme l'enseignant le montre. Il commence par ${beginning}, sinon c'est une autre classe ; sa deuxième moitié suffit.`,
    tracker: fr`Adresse du tracker`,
    trackerHelp: fr`Utile seulement avec un code : le début du lien, par exemple http://192.168.1.10:5000.`,
    name: fr`Nom`,
    nameHelp: fr`Celui que les autres connaissent. Il n'appartient qu'à une personne dans la classe.`,
    submit: fr`Rejoindre`,
    joining: fr`En train de rejoindre…`,
    joined: (className) => fr`Cet ordinateur est maintenant dans ${className}.`,
    nowhere:
      fr`Un code seul ne dit pas où est la classe, et aucune ne répond à l'adresse que cet ordinateur connaît. Coller le lien entier, ou entrer son adresse ci-dessous.`,
    halfMissing:
      fr`C'est la moitié d'un code. L'entrer en entier, comme l'enseignant le montre : 16 lettres et chiffres.`,
    errors: {
      conflict:
        fr`Cet ordinateur est déjà dans une classe, ou a été dans celle-ci sous un autre nom. Recharger la page ; ou rejoindre avec le code de classe sous ce nom ; ou demander un code pour ce nom à l'enseignant.`,
      "bad-input":
        fr`Ce n'est ni un lien ni un code de classe, ou le nom ne convient pas. Le copier comme l'enseignant le montre.`,
      "wrong-code":
        fr`Ce code n'est pas celui de cette classe, ou il a déjà servi. Rien n'a été rejoint. Le comparer avec ce que montre l'enseignant.`,
      "not-found": fr`Aucune classe ne répond à cette adresse. La comparer avec celle que montre l'enseignant.`,
      unreachable: fr`Le tracker ne répond pas. Vérifier le réseau, et que cet ordinateur est sur celui de la classe.`,
      limited: fr`Trop d'essais avec un mauvais code. Attendre une minute, puis réessayer.`,
    },
  },
  me: fr`Nom`,
  className: fr`Classe`,
  until: fr`Valable jusqu'au`,
  untilHelp: fr`Renouvelé tout seul dès que le tracker est là.`,
  people: fr`Personnes`,
  peopleCount: people,
  alone: fr`Personne d'autre n'a encore rejoint la classe.`,
  morePeople: (amount) => fr`et ${count(amount, "autre", "autres")}`,
  groups: {
    title: fr`Groupes`,
    text:
      fr`Des personnes sous un seul nom, sur cet ordinateur seulement. Qui entre dans un groupe voit ce qui est partagé avec lui, qui en sort ne le voit plus.`,
    none: fr`Aucun groupe pour le moment.`,
    add: fr`Nouveau groupe`,
    name: fr`Nom du groupe`,
    members: fr`Personnes du groupe`,
    save: fr`Enregistrer`,
    edit: (name) => fr`Modifier ${name}`,
    remove: (name) => fr`Supprimer ${name}`,
    removeHelp: fr`Qui n'est que dans ce groupe ne voit plus ce qui était partagé avec lui.`,
    count: people,
    saved: fr`Enregistré.`,
    removed: (name) => fr`Groupe supprimé : ${name}.`,
    isPerson: fr`Une personne de la classe porte ce nom. Donner un autre nom au groupe.`,
    taken: fr`Un groupe porte déjà ce nom.`,
  },
  device: {
    title: fr`Un deuxième ordinateur`,
    text: fr`Un autre ordinateur de la même personne rejoint la classe avec ce code. Il sert une seule fois.`,
    show: fr`Montrer un code`,
    until: (time) => fr`Jusqu'au ${time}.`,
    link: fr`Ou ce lien`,
  },
  leave: {
    title: fr`Quitter la classe`,
    text:
      fr`Ce qui était partagé avec la classe ou avec certaines personnes n'est alors montré à personne. Pour revenir, il faudra de nouveau un code.`,
    submit: fr`Quitter la classe`,
    left: fr`Cet ordinateur a quitté la classe.`,
  },
};
