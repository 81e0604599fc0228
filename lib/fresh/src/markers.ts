/** Comments around an island in the page: `frsh:island:NAME:INDEX` … `/frsh:island`. */
export const ISLAND_START = "frsh:island:";
export const ISLAND_END = "/frsh:island";
