/** The records that the API answers with, and the words in them. */
export * from "./enums";
export * from "./records-answers";
export * from "./records-clearing";
export * from "./records-node";
export * from "./records-sums";
export * from "./records-trade";
export * from "./records-value";
export * from "./records-desk";
