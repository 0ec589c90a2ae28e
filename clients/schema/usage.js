// The usage of the schema, by reports of /actuator/graphqlusage.

import { isEnumType, isInputObjectType } from 'graphql';

/**
 * The clients that a change of the schema breaks, with what they have sent, or null if no report can say it: values of enums
 * are not counted.
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
      // The whole type; or a new member, which an input requires.
      return !memberName || isInputObjectType(type);
    }
    if (member !== memberName) {
      return false;
    }
    // Of a new argument that is required, each use of the field.
    return !argumentName || !field.args.some(({ name }) => name === argumentName) || argument === argumentName;
  });
  return [...new Set(uses.flatMap(({ coordinate, clients }) => clients.map(({ name, version }) => `${name} ${version}: ${coordinate}`)))].sort();
}
