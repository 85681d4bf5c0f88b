// Loaded into a process by `--import`: says at its end how much memory it has had, in kilobytes.
process.once("exit", () => console.error(`max memory ${process.resourceUsage().maxRSS}`));
