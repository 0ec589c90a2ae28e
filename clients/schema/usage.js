// The usage of the schema, from reports of /actuator/graphqlusage.

import { isEnumType, isInputObjectType } from 'graphql';

/**
 * Returns the clients that a breaking change affects, with the schema coordinates they use. Returns null for an enum, since
 * the reports do not count enum values.
 *
 * @param change a change that graphql-inspector has found
 * @param released the schema before the change
 * @param reports one for each instance
 */
export function brokenClients({ path }, released, reports) {
  const [typeName, memberName, argumentName] = path.split('.');
  const type = released.getType(typeName);
  if (isEnumType(type)) {
    return null;
  }
  const uses = reports.flatMap(({ coordinates }) => coordinates).filter(({ coordinate }) => {
    const [owner, member, argument] = coordinate.split(/[.(]|:\)/);
    if (owner !== typeName) {
      return false;
    }
    const field = memberName && type?.getFields?.()[memberName];
    if (!field) {
      // The whole type, or a new required input field.
      return !memberName || isInputObjectType(type);
    }
    if (member !== memberName) {
      return false;
    }
    // A new required argument breaks each use of the field.
    return !argumentName || !field.args.some(({ name }) => name === argumentName) || argument === argumentName;
  });
  return [...new Set(uses.flatMap(({ coordinate, clients }) => clients.map(({ name, version }) => `${name} ${version}: ${coordinate}`)))].sort();
}
