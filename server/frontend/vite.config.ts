// Sources in, what the browser loads out: hashed files and the manifest that the templates read.
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Relative addresses: the server may be published below any path.
  base: "./",
  build: {
    outDir: "../calcigraph/web/static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    // The content security policy allows no `data:` address, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    // The editor is one package of some 530 kB; only the query page loads it.
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      // A fallback for browsers without JSON inside the editor's storage; it never runs.
      checks: { eval: false },
      input: { site: "src/site.ts" },
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
  test: { include: ["tests/**/*.test.ts"] },
});
