import base from "./vite.config.ts";
export default { ...base, cacheDir: "/tmp/fb/vitecache", server: { ...(base as { server?: object }).server, hmr: false, watch: null } };
