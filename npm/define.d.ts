// The types of `mistatus/define`: importing it gives the elements their tags.

export { MiMessengerElement, MiMyStatusElement, MiStatusElement } from "mistatus";
