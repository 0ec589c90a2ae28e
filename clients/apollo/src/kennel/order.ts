// Kennel's filters and orders, as far as the cache evaluates them to update a list without a request.

/** The fields of an owner or a dog that filters and orders read. A field that is not cached is undefined. */
export interface Sortable {
  id: string;
  name?: string;
  breed?: string | null;
  birthDate?: string | null;
  createdAt?: string;
  updatedAt?: string;
  ownerId?: string;
}

/** An `OwnerFilter` or a `DogFilter`, or a part of one. */
type Condition = string | boolean | null | undefined | Condition[] | { [member: string]: Condition };

type Filter = Exclude<Condition, string | boolean | unknown[]>;

/** The key arguments of a list: an `OwnerFilter` or `DogFilter`, and an `OwnerOrder` or `DogOrder`. */
export interface ListArguments {
  filter?: Filter;
  orderBy?: { field: string; direction?: string } | null;
}

/** Returns whether an object matches a filter, or undefined if a field that decides it is not cached. */
export function matches(object: Sortable, filter: Filter): boolean | undefined {
  return all(membersOf(filter).map(([member, condition]) => matchesMember(object, member, condition)));
}

/** Returns whether a filter reads related objects: the owner of a dog, or the dogs of an owner. */
export function readsRelatedObjects(filter: Condition): boolean {
  if (Array.isArray(filter)) {
    return filter.some(readsRelatedObjects);
  }
  return membersOf(filter).some(
    ([member, condition]) => ['owner', 'dogs'].includes(member) || readsRelatedObjects(condition),
  );
}

/** The members of a filter, without those that are null, which have no effect. */
function membersOf(filter: Condition): [string, Condition][] {
  return typeof filter === 'object' ? Object.entries(filter ?? {}).filter(([, condition]) => condition != null) : [];
}

function matchesMember(object: Sortable, member: string, condition: Condition): boolean | undefined {
  // Input coercion: a single value stands for a list of one.
  const results = () => [condition].flat().map((filter) => matches(object, filter as Filter));
  switch (member) {
    case 'and':
      return all(results());
    case 'or':
      return not(all(results().map(not)));
    case 'not':
      return not(matches(object, condition as Filter));
    case 'owner':
    case 'dogs':
      return undefined;
    default:
      return matchesField(object[member as keyof Sortable], condition, ['createdAt', 'birthDate'].includes(member));
  }
}

function all(results: (boolean | undefined)[]): boolean | undefined {
  return results.includes(false) ? false : results.includes(undefined) ? undefined : true;
}

function not(result: boolean | undefined): boolean | undefined {
  return result === undefined ? undefined : !result;
}

function matchesField(value: string | null | undefined, condition: Condition, isTime: boolean): boolean | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (typeof condition === 'string') {
    return value === condition;
  }
  return all(
    membersOf(condition).map(([operator, operand]) => {
      if (operator === 'isNull') {
        return (value === null) === operand;
      }
      if (value === null) {
        return false;
      }
      if (operator === 'in') {
        return [operand].flat().some((text) => fold(text as string) === fold(value));
      }
      return isTime ? matchesTime(value, operator, operand as string) : matchesText(value, operator, operand as string);
    }),
  );
}

function matchesText(value: string, operator: string, operand: string): boolean | undefined {
  switch (operator) {
    case 'eq':
      return fold(value) === fold(operand);
    case 'contains':
      return fold(value).includes(fold(operand));
    case 'startsWith':
      return fold(value).startsWith(fold(operand));
    default:
      return undefined;
  }
}

function matchesTime(value: string, operator: string, operand: string): boolean | undefined {
  const difference = compareTimes(value, operand);
  switch (operator) {
    case 'eq':
      return difference === 0;
    case 'gt':
      return difference > 0;
    case 'gte':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'lte':
      return difference <= 0;
    default:
      return undefined;
  }
}

/**
 * Compares two objects under an order, as Kennel does. The order of ids is the order of creation.
 *
 * @returns a negative number if `a` comes first; undefined if a field to compare is not cached
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
      return compareNullable(a.birthDate, b.birthDate, sign * byId, (x, y) => bySign(compareText(x, y)));
    case 'BREED':
      return compareNullable(a.breed, b.breed, sign * byId, (x, y) => bySign(compareText(fold(x), fold(y))));
    default:
      return undefined;
  }
}

/** Compares nullable values. Null comes last, in both directions. */
function compareNullable(
  a: string | null | undefined,
  b: string | null | undefined,
  ifBothNull: number,
  compareValues: (a: string, b: string) => number,
): number | undefined {
  if (a === undefined || b === undefined) {
    return undefined;
  }
  if (a === null || b === null) {
    return a === b ? ifBothNull : a === null ? 1 : -1;
  }
  return compareValues(a, b);
}

/** Returns the key by which Kennel compares texts: in NFC, each character in the lower case of its upper case. */
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

/** Compares instants or dates. An instant has up to six fractional digits; `Date` has three. */
function compareTimes(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b) || compareText(fraction(a), fraction(b));
}

function fraction(time: string): string {
  return /\.(\d+)/.exec(time)?.[1]?.padEnd(9, '0') ?? '000000000';
}
