// Gives the elements of index.html their tags.

import "mistatus/define";
