/** A shell parameter with a default. Raw templates cannot contain its dollar sign and brace. */
export const parameter = (name: string, value: string): string => `\${${name}:-${value}}`;
