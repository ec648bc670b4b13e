// What the person card says, in the languages of the widget. Text only.

const WORDS = {
  en: { card: "Person", talk: "Start a conversation", mail: "Send e-mail", close: "Close" },
  es: { card: "Persona", talk: "Iniciar una conversación", mail: "Enviar un correo", close: "Cerrar" },
  de: { card: "Person", talk: "Unterhaltung beginnen", mail: "E-Mail schreiben", close: "Schließen" },
  fr: { card: "Personne", talk: "Démarrer une conversation", mail: "Envoyer un e-mail", close: "Fermer" },
  ar: { card: "شخص", talk: "بدء محادثة", mail: "إرسال بريد إلكتروني", close: "إغلاق" },
};

/**
 * Returns the words for a language tag; English where there are none.
 * @param {unknown} tag
 */
export function wordsFor(tag) {
  const language = String(tag).toLowerCase().split("-")[0];
  return Object.hasOwn(WORDS, language) ? WORDS[/** @type {keyof typeof WORDS} */ (language)] : WORDS.en;
}
