// The Apollo cache: type policies for Kennel's connections, and cache updates after mutations and feed changes.

import { InMemoryCache } from '@apollo/client';
import type { ApolloCache, FieldMergeFunction, FieldPolicy, FieldReadFunction, Reference } from '@apollo/client';
import type { ModifierDetails, Modifiers } from '@apollo/client/cache';
import { relayStylePagination } from '@apollo/client/utilities';

import possibleTypes from '../gql/possibleTypes.js';
import { compare, matches, readsRelatedObjects } from './order.js';
import type { ListArguments, Sortable } from './order.js';

// #region cache
const relay = relayStylePagination(['filter', 'orderBy']);

/** Merges the pages of a list. `filter` and `orderBy` are key arguments. */
const list: FieldPolicy = {
  ...relay,
  /** A page that is not adjacent to the loaded pages replaces them, so that the list has no gaps. */
  merge(existing: Connection | undefined, incoming, options) {
    const { after, before } = options.args ?? {};
    const position = after ?? before;
    const { startCursor, endCursor } = existing?.pageInfo ?? {};
    const isAdjacent =
      position == null ||
      position === (after == null ? startCursor : endCursor) ||
      existing?.edges?.some(({ cursor }) => cursor === position);
    const loaded = isAdjacent ? withoutRepeatedEdges(existing, incoming) : undefined;
    return (relay.merge as FieldMergeFunction)(loaded, incoming, options);
  },
};

/** Merges the pages of a search. `text` is the key argument. */
const search: FieldPolicy = { ...list, keyArgs: ['text'] };

/** Removes the loaded edges that the incoming page repeats: their objects have moved. */
function withoutRepeatedEdges(
  existing: Connection | undefined,
  incoming: Connection | undefined,
): Connection | undefined {
  const repeated = new Set(incoming?.edges?.map(({ node }) => node.__ref));
  const edges = existing?.edges?.filter(({ node }) => !repeated.has(node.__ref));
  return existing && edges ? { ...existing, edges } : existing;
}

/** Resolves `owner(id)` and `dog(id)` from the cache. */
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
/** An owner or a dog of a result. A dog needs its `owner { id }`. */
export interface Changed {
  __typename?: string;
  id: string;
  owner?: { id: string };
}

/**
 * Inserts or moves a created or updated object in the cached lists. Apollo has already updated the object's own fields
 * by its id. Idempotent, since a mutation and the change feed both report the change.
 *
 * A list is refetched only if the cache can't determine what Kennel would return: if a field that the list is ordered
 * or filtered by is not cached, if the filter reads related objects, or if the object may have been on a page that is
 * not loaded. `kind` is the kind of the change: without it, more lists are refetched.
 */
export function placeInLists(cache: ApolloCache, object: Changed, kind?: 'CREATED' | 'UPDATED' | 'DELETED') {
  evictSearchesAndCounts(cache);
  forEachList(cache, (list) => {
    if (readsRelatedObjects(list.args.filter)) {
      return list.evicted;
    }
    if (list.type !== object.__typename) {
      return list.value;
    }
    const fields = list.read(object.id);
    const isOfOtherOwner = list.parent.startsWith('Owner:') && list.parent !== `Owner:${object.owner?.id}`;
    const belongs = isOfOtherOwner ? false : matches(fields, list.args.filter);
    if (belongs === undefined) {
      return list.evicted;
    }
    if (!belongs) {
      return list.without([object.id]);
    }
    const index = list.indexFor(fields);
    if (index === undefined) {
      return list.evicted;
    }
    const wasCounted = list.hasLoaded(object.id) || list.hasUnloaded(object.id);
    // Under the order of creation, an update moves no object from one page to another.
    const isNew = list.isComplete || kind === 'CREATED' || (list.isByCreation && index !== 'not loaded');
    if (wasCounted || isNew) {
      return list.with(object.id, index, !wasCounted);
    }
    // The object was on a page that is not loaded, had another owner, or did not match the filter.
    return kind === 'UPDATED' && list.containsAll ? list.with(object.id, index, false) : list.evicted;
  });
}

/** Evicts objects from the cache and removes them from all lists. */
export function remove(cache: ApolloCache, type: 'Owner' | 'Dog' | 'Session', ids: string[]) {
  if (type !== 'Session') {
    evictSearchesAndCounts(cache);
  }
  forEachList(cache, (list) => {
    if (type !== 'Session' && readsRelatedObjects(list.args.filter)) {
      return list.evicted;
    }
    const deleted = ids.filter((id) => list.type === type && list.mayContain(id));
    if (deleted.length === 0) {
      return list.value;
    }
    // An object on no loaded page may not match the filter, or may have another owner.
    const wasContained = (id: string) =>
      list.hasLoaded(id) || list.hasUnloaded(id) || list.containsAll || list.containsAllDogsOfOwnerOf(id);
    return list.isComplete || deleted.every(wasContained) ? list.without(deleted, true) : list.evicted;
  });
  ids.forEach((id) => cache.evict({ id: cache.identify({ __typename: type, id })! }));
  cache.gc();
}

/** Evicts `search` and `dogsByBreed`: they are refetched when they are read. */
function evictSearchesAndCounts(cache: ApolloCache) {
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
 * Removes an owner and its dogs from the cache. The payload has a limited number of `deletedDogIds`: if there are more
 * dogs, all lists of dogs are evicted, and so are the cached dogs whose `owner` is this owner.
 */
export function removeOwner(cache: ApolloCache, { deletedOwnerId, deletedDogIds, deletedDogCount }: DeletedOwner) {
  if (deletedDogCount > deletedDogIds.length) {
    forEachList(cache, (list) => (list.type === 'Dog' ? list.evicted : list.value));
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
  /** Objects on no loaded page: those that `totalCount` includes, and those whose deletion is already subtracted. */
  unloaded?: Record<string, 'counted' | 'deleted'>;
}

const LISTS = { myOwners: 'Owner', owners: 'Owner', myDogs: 'Dog', dogs: 'Dog' } as const;

/** Modifies all cached lists: those of `Query`, of the user, and of each owner. */
function forEachList(cache: ApolloCache, modify: (list: List) => any) {
  const fields = (parent: string): Modifiers<Record<string, any>> =>
    Object.fromEntries(
      Object.entries(LISTS).map(([field, type]) => [
        field,
        (value: Connection, details: ModifierDetails) => modify(new List(parent, type, value, details)),
      ]),
    );
  for (const parent of Object.keys(cache.extract() as object)) {
    if (/^(ROOT_QUERY$|User:|Owner:)/.test(parent)) {
      cache.modify({ id: parent, fields: fields(parent) });
    }
  }
}

/** A list in the cache: its loaded pages are contiguous. */
class List {
  /** The cache id of the object whose field the list is. */
  readonly parent: string;
  readonly type: 'Owner' | 'Dog';
  readonly value: Connection;
  readonly args: ListArguments;
  readonly #ids: string[];
  readonly #details: ModifierDetails;

  constructor(parent: string, type: 'Owner' | 'Dog', value: Connection, details: ModifierDetails) {
    this.parent = parent;
    this.type = type;
    this.value = value;
    this.#details = details;
    this.#ids = (value.edges ?? []).map(({ node }) => node.__ref.slice(type.length + 1));
    // A store field name: `myOwners:{"filter":{…},"orderBy":{…}}`.
    this.args = JSON.parse(/:(\{.*\})$/.exec(details.storeFieldName)?.[1] ?? '{}');
  }

  /** The modifier result that evicts the list: Apollo refetches it when it is read. */
  get evicted(): unknown {
    return this.#details.DELETE;
  }

  get isFiltered(): boolean {
    return Object.values(this.args.filter ?? {}).some((condition) => condition !== null);
  }

  /** Whether the list contains all of the account's objects of the type, on loaded pages or on others. */
  get containsAll(): boolean {
    return !this.isFiltered && !this.parent.startsWith('Owner:');
  }

  get isByCreation(): boolean {
    return (this.args.orderBy?.field ?? 'CREATED_AT') === 'CREATED_AT';
  }

  /** Whether all pages are loaded. */
  get isComplete(): boolean {
    return this.#hasNo('NextPage') && this.#hasNo('PreviousPage');
  }

  #hasNo(page: 'NextPage' | 'PreviousPage'): boolean {
    return this.value.pageInfo?.[`has${page}`] === false;
  }

  /** Whether an object is on a loaded page. */
  hasLoaded(id: string): boolean {
    return this.#ids.includes(id);
  }

  /** Whether an object is known to be on a page that is not loaded. */
  hasUnloaded(id: string): boolean {
    return this.value.unloaded?.[id] === 'counted';
  }

  /** Whether the list may contain an object. It can't if the object was deleted, or is a dog of another owner. */
  mayContain(id: string): boolean {
    if (this.hasLoaded(id) || this.value.unloaded?.[id] === 'deleted') {
      return this.hasLoaded(id);
    }
    const owner = this.#details.readField<Reference>('owner', { __ref: `${this.type}:${id}` });
    return !this.parent.startsWith('Owner:') || owner === undefined || owner.__ref === this.parent;
  }

  /** Whether the list contains all dogs of the owner of a dog. False if the cache does not have the dog's owner. */
  containsAllDogsOfOwnerOf(id: string): boolean {
    const owner = this.#details.readField<Reference>('owner', { __ref: `${this.type}:${id}` });
    return !this.isFiltered && owner?.__ref === this.parent;
  }

  /** The cached fields of an object. */
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
   * Returns the index at which an object belongs among the other loaded edges, 'not loaded' if it belongs on another
   * page, or undefined if a field to compare is not cached.
   */
  indexFor(object: Sortable): number | 'not loaded' | undefined {
    const others = this.#ids.filter((id) => id !== object.id);
    let [index, end] = [0, others.length];
    while (index < end) {
      const middle = (index + end) >> 1;
      const difference = compare(object, this.read(others[middle]!), this.args.orderBy);
      if (difference === undefined) {
        return undefined;
      }
      [index, end] = difference < 0 ? [index, middle] : [middle + 1, end];
    }
    const isLoaded = (index > 0 || this.#hasNo('PreviousPage')) && (index < others.length || this.#hasNo('NextPage'));
    return isLoaded ? index : 'not loaded';
  }

  /** Returns the list with an object at an index. `isNew` adds the object to `totalCount`. */
  with(id: string, index: number | 'not loaded', isNew: boolean): Connection {
    const edges = (this.value.edges ?? []).filter((_, i) => this.#ids[i] !== id);
    const unloaded = { ...this.value.unloaded };
    delete unloaded[id];
    if (index === 'not loaded') {
      unloaded[id] = 'counted';
    } else {
      const oldEdge = this.value.edges?.[this.#ids.indexOf(id)];
      const node = this.#details.toReference({ __typename: this.type, id })!;
      // An edge's cursor encodes its position: an object that has moved gets a new edge.
      edges.splice(index, 0, this.#ids.indexOf(id) === index && oldEdge ? oldEdge : this.#newEdge(node));
    }
    return this.#update(edges, isNew ? 1 : 0, unloaded);
  }

  /** Returns the list without some objects. `isDeleted` is false for objects that only leave this list. */
  without(ids: string[], isDeleted = false): Connection {
    const unloaded = { ...this.value.unloaded };
    // A deleted object on no loaded page was on another one, unless all pages are loaded.
    const counted = ids.filter((id) => this.hasLoaded(id) || this.hasUnloaded(id) || (isDeleted && !this.isComplete));
    ids.forEach((id) => (isDeleted ? (unloaded[id] = 'deleted') : delete unloaded[id]));
    const edges = (this.value.edges ?? []).filter((_, i) => !ids.includes(this.#ids[i]!));
    return counted.length === 0 ? this.value : this.#update(edges, -counted.length, unloaded);
  }

  #newEdge(node: Reference) {
    return { __typename: `${this.type}Edge`, cursor: '', node };
  }

  #update(
    edges: NonNullable<Connection['edges']>,
    countDelta: number,
    unloaded: Connection['unloaded'] = {},
  ): Connection {
    const { totalCount } = this.value;
    return {
      ...this.value,
      edges,
      unloaded,
      ...(totalCount === undefined ? {} : { totalCount: totalCount + countDelta }),
    };
  }
}
// #endregion
