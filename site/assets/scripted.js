// Says to the style sheet that scripts run, before anything is drawn. A classic script: modules come later.

document.documentElement.classList.add("scripted");
