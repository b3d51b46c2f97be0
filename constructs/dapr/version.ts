/**
 * The version of Dapr that manifests are written for and tested with. What a later one changes is
 * named where it matters; 1.18 adds native sidecars and a stable Jobs API.
 */
export const DAPR_VERSION = '1.16.5';
