// Presence marks as SharePoint's pages had them: what its script asked of the browser and of the control, in its order and
// by its ways, written anew. Runs in Internet Explorer only, as that did.

// biome-ignore-all lint: it is an old script

var marksAgent = navigator.userAgent.toLowerCase();
var marksIsExplorer =
  marksAgent.indexOf("msie ") != -1 &&
  parseFloat(marksAgent.substring(marksAgent.indexOf("msie ") + 5)) >= 5 &&
  marksAgent.indexOf("windows nt") != -1;
var marksControl = null;
var marksAsked = false;
var marksNames = new Object();
var marksStates = new Object();
var marksOffline = new Object();

function marksEnsureControl() {
  if (!marksAsked) {
    if (marksIsExplorer) {
      //@cc_on
      //@if (@_jscript_version >=5)
      //@      try
      //@      {
      //@        marksControl=new ActiveXObject("Name.NameCtrl.1");
      //@      } catch(e)
      //@      {
      //@      };
      //@else
      //@end
    }
    marksAsked = true;
    if (marksControl) {
      marksControl.OnStatusChange = marksOnStatusChange;
    }
  }
  return marksControl;
}

function marksImage(state, showOffline) {
  switch (state) {
    case 0:
      return "imnon.svg";
    case 1:
      return showOffline ? "imnoff.svg" : "blank.svg";
    case 2:
      return "imnaway.svg";
    default:
      return "imnbusy.svg";
  }
}

function marksUpdate(id, state) {
  var img = document.images(id);
  if (img && marksStates[id] !== state) {
    marksStates[id] = state;
    img.src = img.src.slice(0, img.src.lastIndexOf("/") + 1) + marksImage(state, marksOffline[id]);
  }
}

function marksOnStatusChange(name, state, id) {
  marksUpdate(id, state);
}

function marksShow(inputType) {
  var mark = window.event.srcElement;
  while (mark && mark.tagName != "SPAN") {
    mark = mark.parentNode;
  }
  if (mark && marksEnsureControl()) {
    var img = mark.children(0);
    marksControl.ShowOOUI(marksNames[img.id], inputType, img.offsetLeft, img.offsetTop + 20);
  }
}

function marksShowByMouse() {
  marksShow(0);
}

function marksShowByKeyboard() {
  marksShow(1);
}

function marksHide() {
  if (marksControl) {
    marksControl.HideOOUI();
    return false;
  }
  return true;
}

function IMNRC(name, element) {
  if (!name || !marksIsExplorer) {
    return;
  }
  var img = element ? element : window.event.srcElement;
  if (marksNames[img.id]) {
    return;
  }
  marksNames[img.id] = name;
  if (typeof img.ShowOfflinePawn != "undefined") {
    marksOffline[img.id] = img.ShowOfflinePawn;
  }
  if (marksEnsureControl() && marksControl.PresenceEnabled) {
    marksUpdate(img.id, marksControl.GetStatus(name, img.id));
  }
  var mark = img.parentNode;
  mark.onmouseover = marksShowByMouse;
  mark.onfocusin = marksShowByKeyboard;
  mark.onmouseout = marksHide;
  mark.onfocusout = marksHide;
}
