import "virtual:antd.css";
import "./console.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { startTexts } from "./i18n";

const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");

await startTexts();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
