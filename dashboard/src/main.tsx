import { render } from "preact";
import "../styles/base.css";
import "../styles/layout.css";
import "../styles/controls.css";
import "../styles/forms.css";
import "../styles/dialogs.css";
import "../styles/content.css";
import "../styles/lists.css";
import "../styles/figures.css";
import "../styles/deliveries.css";
import "../styles/pages.css";
import "../styles/timeline.css";
import { App } from "./app.tsx";
import { keepFocus } from "./focus.ts";

const root = document.getElementById("app");
keepFocus();
if (root) render(<App />, root);
