// The types of `mistatus/define`: importing it gives the elements their tags.

export {
  MiContactListElement,
  MiConversationElement,
  MiMessengerElement,
  MiMyStatusElement,
  MiStatusElement,
} from "mistatus";
