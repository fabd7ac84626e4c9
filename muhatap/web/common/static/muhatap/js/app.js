// Everything a page of the shell needs. Each module looks for its own marks in the page and minds its own business.
import "./menus.js";
import "./theme.js";
import "./toast.js";
import "./keys.js";
import "./palette.js";
import "./live.js";
import "./merge.js";
import "./clock.js";
import "./forms.js";
import "./presence.js";
import "./notices.js";
import "./strip.js";
