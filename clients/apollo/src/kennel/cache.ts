// Apollo's cache, with Kennel's lists, and what changes do to it.

import { InMemoryCache } from '@apollo/client';
import type { ApolloCache, FieldPolicy, Reference } from '@apollo/client';
import type { Modifiers, ModifierDetails } from '@apollo/client/cache';
import { relayStylePagination } from '@apollo/client/utilities';

import possibleTypes from '../gql/possibleTypes.js';

// #region cache
/** Pages of one list are merged; another filter or order makes another list. */
const list: FieldPolicy = relayStylePagination(['filter', 'orderBy']);

export function createCache() {
  return new InMemoryCache({
    ...possibleTypes,
    typePolicies: {
      Query: { fields: { myOwners: list, myDogs: list } },
      User: { fields: { owners: list, dogs: list } },
      Owner: { fields: { dogs: list } },
    },
  });
}
// #endregion

// #region changes
/** An owner or a dog, as an answer has it. Of a dog, the owner has to be selected too. */
export interface Changed {
  __typename?: string;
  id: string;
  owner?: { id: string };
}

/**
 * Puts an owner or a dog into the lists where it belongs after it was added or changed. Its own fields, the cache has
 * updated by itself, by its id. Doing it twice comes to the same, so that a mutation and the change feed may both do it.
 */
export function placeInLists(cache: ApolloCache, object: Changed) {
  forEachList(cache, (holder, list) => {
    if (list.type !== object.__typename) {
      return list.value;
    }
    if (holder.startsWith('Owner:') && holder !== `Owner:${object.owner?.id}`) {
      return list.without([object.id]);
    }
    if (list.isSelective) {
      return list.forgotten; // Whether it is in the list, and where, is for Kennel to say.
    }
    if (list.has(object.id)) {
      return list.value;
    }
    // The newest comes last. A dog that has moved has its old place among its new owner's.
    return list.isAtEnd && list.ids.every((id) => id < object.id) ? list.with(object.id) : list.forgotten;
  });
}

/** Takes objects out of the cache, and out of all lists. */
export function remove(cache: ApolloCache, type: 'Owner' | 'Dog' | 'Session', ids: string[]) {
  forEachList(cache, (holder, list) => {
    const gone = ids.filter((id) => list.type === type && (!holder.startsWith('Owner:') || list.mayHave(id, holder)));
    if (gone.length === 0) {
      return list.value;
    }
    // What is not among the loaded pages may be on another, or be none of the filter's.
    return list.isWhole || gone.every((id) => list.has(id)) ? list.without(gone) : list.forgotten;
  });
  ids.forEach((id) => cache.evict({ id: cache.identify({ __typename: type, id })! }));
  cache.gc();
}

/** What `deleteOwner` answers. */
export interface DeletedOwner {
  deletedOwnerId: string;
  deletedDogIds: string[];
  deletedDogCount: number;
}

/**
 * Takes an owner out of the cache, with all its dogs. Of many dogs, the answer has the first ids only: then lists of dogs
 * are loaded anew when they are looked at, and what the cache knows to be a dog of the owner goes as well.
 */
export function removeOwner(cache: ApolloCache, { deletedOwnerId, deletedDogIds, deletedDogCount }: DeletedOwner) {
  if (deletedDogCount > deletedDogIds.length) {
    forEachList(cache, (_, list) => (list.type === 'Dog' ? list.forgotten : list.value));
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
  pageInfo?: { hasNextPage?: boolean; hasPreviousPage?: boolean };
  totalCount?: number;
}

const LISTS = { myOwners: 'Owner', owners: 'Owner', myDogs: 'Dog', dogs: 'Dog' } as const;

/** Goes through all lists in the cache: of the query, of the account, and of each owner. */
function forEachList(cache: ApolloCache, change: (holder: string, list: List) => any) {
  const fields = (holder: string): Modifiers<Record<string, any>> =>
    Object.fromEntries(
      Object.entries(LISTS).map(([field, type]) => [
        field,
        (value: Connection, details: ModifierDetails) => change(holder, new List(type, value, details)),
      ]),
    );
  for (const holder of Object.keys(cache.extract() as object)) {
    if (/^(ROOT_QUERY$|User:|Owner:)/.test(holder)) {
      cache.modify({ id: holder, fields: fields(holder) });
    }
  }
}

/** What the cache has of a list. */
class List {
  readonly ids: string[];

  constructor(
    readonly type: 'Owner' | 'Dog',
    readonly value: Connection,
    private readonly details: ModifierDetails,
  ) {
    this.ids = (value.edges ?? []).map((edge) => details.readField('id', edge.node) as string);
  }

  /** What to answer for a list that is to be loaded anew when it is looked at. */
  get forgotten(): unknown {
    return this.details.DELETE;
  }

  /** Whether it has a filter, or an order other than by creation. */
  get isSelective(): boolean {
    return !/^\w+(:\{\})?$/.test(this.details.storeFieldName);
  }

  get isAtEnd(): boolean {
    return this.value.pageInfo?.hasNextPage === false;
  }

  get isWhole(): boolean {
    return this.isAtEnd && this.value.pageInfo?.hasPreviousPage === false;
  }

  has(id: string): boolean {
    return this.ids.includes(id);
  }

  /** Whether an owner's list can have a dog: not, if the dog is known to be another's. */
  mayHave(id: string, holder: string): boolean {
    const owner = this.details.readField<Reference>('owner', { __ref: `Dog:${id}` });
    return this.has(id) || owner === undefined || owner.__ref === holder;
  }

  with(id: string): Connection {
    const node = this.details.toReference({ __typename: this.type, id })!;
    return this.#having([...(this.value.edges ?? []), { __typename: `${this.type}Edge`, cursor: '', node }]);
  }

  without(ids: string[]): Connection {
    return this.#having((this.value.edges ?? []).filter((_, index) => !ids.includes(this.ids[index]!)));
  }

  #having(edges: NonNullable<Connection['edges']>): Connection {
    const { totalCount } = this.value;
    const more = edges.length - this.ids.length;
    return { ...this.value, edges, ...(totalCount === undefined ? {} : { totalCount: totalCount + more }) };
  }
}
// #endregion
