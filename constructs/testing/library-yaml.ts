import { Document, type ScalarTag, type Tags } from 'yaml';
import { isDoubtful, quoted } from '../core/yaml-text.ts';

/** A number with a dot in front of its exponent: without it, YAML 1.1 reads a text. */
function number(value: number): string {
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}

/** How a scalar is written; undefined for the merge key, since `<<` is a key as any other here. */
function scalarTag(tag: ScalarTag): ScalarTag | undefined {
  const { stringify } = tag;
  switch (tag.tag) {
    case 'tag:yaml.org,2002:str':
      return {
        ...tag,
        stringify: (item, ...context) =>
          isDoubtful(item.value as string)
            ? quoted(item.value as string)
            : stringify!(item, ...context),
      };
    case 'tag:yaml.org,2002:int':
    case 'tag:yaml.org,2002:float':
      return { ...tag, stringify: ({ value }) => number(value as number) };
    case 'tag:yaml.org,2002:merge':
      return undefined;
    default:
      return tag;
  }
}

/** The library's tags, with scalars of ours. */
function tags(own: Tags): Tags {
  return own
    .map((tag) => (typeof tag === 'string' || tag.collection !== undefined ? tag : scalarTag(tag)))
    .filter((tag) => tag !== undefined);
}

/** What toYaml writes, by a library, which takes many times as long. */
export function libraryYaml(objects: readonly object[]): string {
  return objects
    .map((object) =>
      new Document(object, {
        version: '1.1',
        aliasDuplicateObjects: false,
        customTags: tags,
      }).toString({ lineWidth: 0 }),
    )
    .join('---\n');
}
