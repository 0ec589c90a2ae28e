// Apollo's cache, with Kennel's lists, and its updates after changes.

import { InMemoryCache } from '@apollo/client';
import type { ApolloCache, FieldMergeFunction, FieldPolicy, FieldReadFunction, Reference } from '@apollo/client';
import type { ModifierDetails, Modifiers } from '@apollo/client/cache';
import { relayStylePagination } from '@apollo/client/utilities';

import possibleTypes from '../gql/possibleTypes.js';
import { compare, fits, looksAtOthers } from './order.js';
import type { ListArguments, Sortable } from './order.js';

// #region cache
const relay = relayStylePagination(['filter', 'orderBy']);

/** Pages of one list are merged; another filter or order makes another list. */
const list: FieldPolicy = {
  ...relay,
  /** A page that does not adjoin what is loaded begins the list anew: there is no gap within it. */
  merge(existing: Connection | undefined, incoming, options) {
    const { after, before } = options.args ?? {};
    const place = after ?? before;
    const { startCursor, endCursor } = existing?.pageInfo ?? {};
    const adjoins =
      place == null ||
      place === (after == null ? startCursor : endCursor) ||
      existing?.edges?.some(({ cursor }) => cursor === place);
    return (relay.merge as FieldMergeFunction)(adjoins ? without(existing, incoming) : undefined, incoming, options);
  },
};

/** Another text is another search. */
const search: FieldPolicy = { ...list, keyArgs: ['text'] };

/** An object that has moved to the page that comes is not where it was. */
function without(existing: Connection | undefined, incoming: Connection | undefined): Connection | undefined {
  const moved = new Set(incoming?.edges?.map(({ node }) => node.__ref));
  const edges = existing?.edges?.filter(({ node }) => !moved.has(node.__ref));
  return existing && edges ? { ...existing, edges } : existing;
}

/** An object that is known already is not asked for again by its id. */
function byId(type: 'Owner' | 'Dog'): FieldReadFunction {
  return (existing, { args, toReference }) =>
    existing === undefined ? toReference({ __typename: type, id: args?.id }) : existing;
}

export function createCache() {
  return new InMemoryCache({
    ...possibleTypes,
    typePolicies: {
      Query: { fields: { myOwners: list, myDogs: list, search, owner: byId('Owner'), dog: byId('Dog') } },
      User: { fields: { owners: list, dogs: list } },
      Owner: { fields: { dogs: list } },
    },
  });
}
// #endregion

// #region changes
/** An owner or a dog of a result. Of a dog, the owner has to be selected, too. */
export interface Changed {
  __typename?: string;
  id: string;
  owner?: { id: string };
}

/**
 * Puts an owner or a dog into the lists where it belongs after it was added or changed. Its own fields, the cache has
 * updated by itself, by its id. Doing it twice comes to the same, so that a mutation and the change feed may both do it.
 *
 * A list is reloaded only if the cache can't determine what Kennel would return: if a field is missing that the list is
 * ordered or filtered by, if the filter looks at other objects, or if the object may have been on a page that is not loaded. `kind` is the kind of
 * the change: without it, more lists are reloaded.
 */
export function placeInLists(cache: ApolloCache, object: Changed, kind?: 'CREATED' | 'UPDATED' | 'DELETED') {
  forgetCounts(cache);
  forEachList(cache, (list) => {
    if (looksAtOthers(list.args.filter)) {
      return list.forgotten;
    }
    if (list.type !== object.__typename) {
      return list.value;
    }
    const subject = list.read(object.id);
    const isOwners = list.holder.startsWith('Owner:');
    const belongs = isOwners && list.holder !== `Owner:${object.owner?.id}` ? false : fits(subject, list.args.filter);
    if (belongs === undefined) {
      return list.forgotten;
    }
    if (!belongs) {
      return list.without([object.id]);
    }
    const place = list.placeOf(subject);
    if (place === undefined) {
      return list.forgotten;
    }
    const wasIn = list.has(object.id) || list.counts(object.id);
    // In the order of creation, nothing comes from another page.
    const isNew = list.isWhole || kind === 'CREATED' || (list.isByCreation && place !== 'elsewhere');
    if (wasIn || isNew) {
      return list.with(object.id, place, !wasIn);
    }
    // It has changed on a page that is not loaded, or has come from another owner, or from outside of the filter.
    return kind === 'UPDATED' && list.hasEverything ? list.with(object.id, place, false) : list.forgotten;
  });
}

/** Removes objects from the cache, and from all lists. */
export function remove(cache: ApolloCache, type: 'Owner' | 'Dog' | 'Session', ids: string[]) {
  if (type !== 'Session') {
    forgetCounts(cache);
  }
  forEachList(cache, (list) => {
    if (type !== 'Session' && looksAtOthers(list.args.filter)) {
      return list.forgotten;
    }
    const gone = ids.filter((id) => list.type === type && list.mayHave(id));
    if (gone.length === 0) {
      return list.value;
    }
    // What is not among the loaded pages may be none of the filter's, or another owner's.
    const isKnown = (id: string) => list.has(id) || list.counts(id) || list.hasEverything || list.isOwnersOf(id);
    return list.isWhole || gone.every(isKnown) ? list.without(gone, true) : list.forgotten;
  });
  ids.forEach((id) => cache.evict({ id: cache.identify({ __typename: type, id })! }));
  cache.gc();
}

/** Searches and counts by breed are reloaded when they are read. */
function forgetCounts(cache: ApolloCache) {
  for (const fieldName of ['search', 'dogsByBreed']) {
    cache.evict({ id: 'ROOT_QUERY', fieldName });
  }
}

/** The payload of `deleteOwner`. */
export interface DeletedOwner {
  deletedOwnerId: string;
  deletedDogIds: string[];
  deletedDogCount: number;
}

/**
 * Removes an owner from the cache, with all its dogs. Of many dogs, the payload has the first ids only: then lists of dogs
 * are reloaded when they are read, and the dogs that the cache knows to be the owner's are removed, too.
 */
export function removeOwner(cache: ApolloCache, { deletedOwnerId, deletedDogIds, deletedDogCount }: DeletedOwner) {
  if (deletedDogCount > deletedDogIds.length) {
    forEachList(cache, (list) => (list.type === 'Dog' ? list.forgotten : list.value));
    for (const [key, object] of Object.entries(cache.extract() as Record<string, { owner?: Reference }>)) {
      if (key.startsWith('Dog:') && object.owner?.__ref === `Owner:${deletedOwnerId}`) {
        cache.evict({ id: key });
      }
    }
  }
  remove(cache, 'Dog', deletedDogIds);
  remove(cache, 'Owner', [deletedOwnerId]);
}

interface Connection {
  edges?: { __typename?: string; cursor?: string; node: Reference }[];
  pageInfo?: { hasNextPage?: boolean; hasPreviousPage?: boolean; startCursor?: string; endCursor?: string };
  totalCount?: number;
  /** What is not loaded, and is known to be counted, or to be gone. */
  known?: Record<string, 'counted' | 'gone'>;
}

const LISTS = { myOwners: 'Owner', owners: 'Owner', myDogs: 'Dog', dogs: 'Dog' } as const;

/** Goes through all lists in the cache: of the query, of the account, and of each owner. */
function forEachList(cache: ApolloCache, change: (list: List) => any) {
  const fields = (holder: string): Modifiers<Record<string, any>> =>
    Object.fromEntries(
      Object.entries(LISTS).map(([field, type]) => [
        field,
        (value: Connection, details: ModifierDetails) => change(new List(holder, type, value, details)),
      ]),
    );
  for (const holder of Object.keys(cache.extract() as object)) {
    if (/^(ROOT_QUERY$|User:|Owner:)/.test(holder)) {
      cache.modify({ id: holder, fields: fields(holder) });
    }
  }
}

/** What the cache has of a list: of the pages that are loaded, without a gap. */
class List {
  readonly holder: string;
  readonly type: 'Owner' | 'Dog';
  readonly value: Connection;
  readonly args: ListArguments;
  readonly #ids: string[];
  readonly #details: ModifierDetails;

  constructor(holder: string, type: 'Owner' | 'Dog', value: Connection, details: ModifierDetails) {
    this.holder = holder;
    this.type = type;
    this.value = value;
    this.#details = details;
    this.#ids = (value.edges ?? []).map(({ node }) => node.__ref.slice(type.length + 1));
    // As in `myOwners:{"filter":{…},"orderBy":{…}}`.
    this.args = JSON.parse(/:(\{.*\})$/.exec(details.storeFieldName)?.[1] ?? '{}');
  }

  /** The result of reading a list that has to be reloaded. */
  get forgotten(): unknown {
    return this.#details.DELETE;
  }

  get isFiltered(): boolean {
    return Object.values(this.args.filter ?? {}).some((condition) => condition !== null);
  }

  /** Whether the account's every object of the type is in the list, on some page. */
  get hasEverything(): boolean {
    return !this.isFiltered && !this.holder.startsWith('Owner:');
  }

  get isByCreation(): boolean {
    return (this.args.orderBy?.field ?? 'CREATED_AT') === 'CREATED_AT';
  }

  get isWhole(): boolean {
    return this.#isWholeAt('Next') && this.#isWholeAt('Previous');
  }

  #isWholeAt(side: 'Next' | 'Previous'): boolean {
    return this.value.pageInfo?.[`has${side}Page`] === false;
  }

  /** Whether an object is on the pages that are loaded. */
  has(id: string): boolean {
    return this.#ids.includes(id);
  }

  /** Whether an object is known to be on a page that is not loaded. */
  counts(id: string): boolean {
    return this.value.known?.[id] === 'counted';
  }

  /** Whether an object can be in the list: not, if the dog is known to be another owner's, or if it has gone. */
  mayHave(id: string): boolean {
    if (this.has(id) || this.value.known?.[id] === 'gone') {
      return this.has(id);
    }
    const owner = this.#details.readField<Reference>('owner', { __ref: `${this.type}:${id}` });
    return !this.holder.startsWith('Owner:') || owner === undefined || owner.__ref === this.holder;
  }

  /** Whether the list is that of all dogs of an owner that the dog is known to belong to. */
  isOwnersOf(id: string): boolean {
    const owner = this.#details.readField<Reference>('owner', { __ref: `${this.type}:${id}` });
    return !this.isFiltered && owner?.__ref === this.holder;
  }

  /** What the cache has of an object. */
  read(id: string): Sortable {
    const from = { __ref: `${this.type}:${id}` };
    const read = <T>(field: string) => this.#details.readField(field, from) as T;
    const ownerId = this.#details.readField<string>('id', read<Reference | undefined>('owner'));
    return {
      id,
      name: read('name'),
      breed: read('breed'),
      birthDate: read('birthDate'),
      createdAt: read('createdAt'),
      updatedAt: read('updatedAt'),
      ...(ownerId === undefined ? {} : { ownerId }),
    };
  }

  /**
   * Where an object belongs among the loaded edges without itself; 'elsewhere' if that is on a page that is not loaded,
   * and undefined if the cache can't tell.
   */
  placeOf(object: Sortable): number | 'elsewhere' | undefined {
    const others = this.#ids.filter((id) => id !== object.id);
    let [place, end] = [0, others.length];
    while (place < end) {
      const middle = (place + end) >> 1;
      const difference = compare(object, this.read(others[middle]!), this.args.orderBy);
      if (difference === undefined) {
        return undefined;
      }
      [place, end] = difference < 0 ? [place, middle] : [middle + 1, end];
    }
    const isWithin =
      (place > 0 || this.#isWholeAt('Previous')) && (place < others.length || this.#isWholeAt('Next'));
    return isWithin ? place : 'elsewhere';
  }

  /** The list with an object at a place, which is a new one for the count, or is not. */
  with(id: string, place: number | 'elsewhere', isNew: boolean): Connection {
    const edges = (this.value.edges ?? []).filter((_, index) => this.#ids[index] !== id);
    const known = { ...this.value.known };
    delete known[id];
    if (place === 'elsewhere') {
      known[id] = 'counted';
    } else {
      const old = this.value.edges?.[this.#ids.indexOf(id)];
      const node = this.#details.toReference({ __typename: this.type, id })!;
      // The cursor is of the place where the object was.
      edges.splice(place, 0, this.#ids.indexOf(id) === place && old ? old : this.#edge(node));
    }
    return this.#having(edges, isNew ? 1 : 0, known);
  }

  /** The list without objects. `isGone` says that they are in no list any more. */
  without(ids: string[], isGone = false): Connection {
    const known = { ...this.value.known };
    // What is on no loaded page counts if it is known to be on another one.
    const counted = ids.filter((id) => this.has(id) || this.counts(id) || (isGone && !this.isWhole));
    ids.forEach((id) => (isGone ? (known[id] = 'gone') : delete known[id]));
    const edges = (this.value.edges ?? []).filter((_, index) => !ids.includes(this.#ids[index]!));
    return counted.length === 0 ? this.value : this.#having(edges, -counted.length, known);
  }

  #edge(node: Reference) {
    return { __typename: `${this.type}Edge`, cursor: '', node };
  }

  #having(edges: NonNullable<Connection['edges']>, more: number, known: Connection['known'] = {}): Connection {
    const { totalCount } = this.value;
    return { ...this.value, edges, known, ...(totalCount === undefined ? {} : { totalCount: totalCount + more }) };
  }
}
// #endregion
