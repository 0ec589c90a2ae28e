// Kennel's filters and orders, as far as the cache needs them to place an object without asking.

/** The fields of an owner or a dog that filters and orders look at; undefined if the cache does not have one. */
export interface Sortable {
  id: string;
  name?: string;
  breed?: string | null;
  birthDate?: string | null;
  createdAt?: string;
  updatedAt?: string;
  ownerId?: string;
}

interface StringFilter {
  eq?: string | null;
  in?: string[] | null;
  contains?: string | null;
  startsWith?: string | null;
}

interface RangeFilter {
  gte?: string | null;
  lt?: string | null;
}

/** The arguments that make a list: an `OwnerFilter` or `DogFilter`, and an `OwnerOrder` or `DogOrder`. */
export interface ListArguments {
  filter?: Record<string, StringFilter | RangeFilter | string | null> | null;
  orderBy?: { field: string; direction?: string } | null;
}

/** Tells whether an object fits a filter; undefined if the cache does not have what it takes to know. */
export function fits(object: Sortable, filter: ListArguments['filter']): boolean | undefined {
  const verdicts = Object.entries(filter ?? {})
    .filter(([, condition]) => condition !== null)
    .map(([field, condition]) => fitsField(object[field as keyof Sortable], condition!));
  return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
}

function fitsField(
  value: string | null | undefined,
  condition: StringFilter | RangeFilter | string,
): boolean | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (typeof condition === 'string') {
    return value === condition;
  }
  return Object.entries(condition).every(([operator, operand]: [string, string | string[] | null]) => {
    if (operand === null) {
      return true;
    }
    if (value === null) {
      return false;
    }
    switch (operator) {
      case 'gte':
        return compareTimes(value, operand as string) >= 0;
      case 'lt':
        return compareTimes(value, operand as string) < 0;
      case 'in':
        return (operand as string[]).some((text) => fold(text) === fold(value));
      case 'contains':
        return fold(value).includes(fold(operand as string));
      case 'startsWith':
        return fold(value).startsWith(fold(operand as string));
      default:
        return fold(value) === fold(operand as string);
    }
  });
}

/**
 * Compares two objects in an order, as Kennel does. The order of ids is the order of creation.
 *
 * @returns a negative number if `a` comes first; undefined if the cache does not have what it takes to know
 */
export function compare(a: Sortable, b: Sortable, orderBy: ListArguments['orderBy']): number | undefined {
  const { field = 'CREATED_AT', direction = 'ASC' } = orderBy ?? {};
  const sign = direction === 'DESC' ? -1 : 1;
  const byId = compareText(a.id, b.id);
  const bySign = (difference: number) => sign * (difference || byId);
  switch (field) {
    case 'CREATED_AT':
      return sign * byId;
    case 'UPDATED_AT':
      return a.updatedAt === undefined || b.updatedAt === undefined
        ? undefined
        : bySign(compareTimes(a.updatedAt, b.updatedAt));
    case 'NAME':
      return a.name === undefined || b.name === undefined ? undefined : bySign(compareText(fold(a.name), fold(b.name)));
    case 'BIRTH_DATE':
      if (a.birthDate === undefined || b.birthDate === undefined) {
        return undefined;
      }
      if (a.birthDate === null || b.birthDate === null) {
        // Dogs without one come last, in both directions.
        return a.birthDate === b.birthDate ? sign * byId : a.birthDate === null ? 1 : -1;
      }
      return bySign(compareText(a.birthDate, b.birthDate));
    default:
      return undefined;
  }
}

/** The key by which Kennel compares texts: character by character, in lower case of the upper case. */
export function fold(text: string): string {
  return Array.from(text.normalize('NFC'), (character) => {
    const upper = character.toUpperCase();
    const [lower] = (Array.from(upper).length === 1 ? upper : character).toLowerCase();
    return lower;
  }).join('');
}

/** Compares by code points: comparing UTF-16 would order surrogates before U+E000. */
function compareText(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) {
      return difference;
    }
  }
  return left.length - right.length;
}

/** Compares moments or days. Kennel's moments have up to six digits of a second's fraction, and Date has three. */
function compareTimes(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b) || compareText(fraction(a), fraction(b));
}

function fraction(time: string): string {
  return /\.(\d+)/.exec(time)?.[1]?.padEnd(9, '0') ?? '000000000';
}
