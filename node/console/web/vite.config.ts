import { defineConfig } from "vitest/config";
import react from "@vitejs/plugin-react";
import { antdSheet, noStyleElements } from "./build/antd.ts";

// The node whose API `vite dev` and `vite preview` speak to.
const node = process.env.CONSOLE_NODE ?? "http://127.0.0.1:8080";
const proxy = { "/v1": { target: node, changeOrigin: false } };

// What the node serves the console with, so that a preview refuses what the node would.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src-elem 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export default defineConfig({
  base: "./",
  plugins: [noStyleElements(), antdSheet(), react()],
  server: { proxy },
  preview: { proxy, headers: { "Content-Security-Policy": policy } },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
