// The usage of the schema, from reports of /actuator/graphqlusage.

import { getNamedType, isEnumType, isInputObjectType, isInputType } from 'graphql';

/**
 * Returns the clients that a breaking change affects, with the schema coordinates they use. Returns null for what the reports
 * do not count, such as members of unions, and values of enums that fields return.
 *
 * @param change a change that graphql-inspector has found
 * @param released the schema before the change
 * @param reports one for each instance
 */
export function brokenClients({ type: change, path }, released, reports) {
  const [typeName, memberName, argumentName] = path.split('.');
  const type = released.getType(typeName);
  if (isEnumType(type) ? isReturned(type, released) : !type?.getFields) {
    return null;
  }
  const uses = reports.flatMap(({ coordinates }) => coordinates).filter(({ coordinate }) => {
    const [owner, member, argument] = coordinate.split(/[.(]|:\)/);
    if (memberName && isInputObjectType(type) && change !== 'INPUT_FIELD_REMOVED') {
      // A new or changed input field may be required: each value of the type.
      return valueType(released, owner, member, argument) === type;
    }
    if (owner !== typeName || (memberName && member !== memberName)) {
      return false;
    }
    // Unless only an argument is removed, each use counts: a new or changed argument may be required.
    return change !== 'FIELD_ARGUMENT_REMOVED' || argument === argumentName;
  });
  return [...new Set(uses.flatMap(({ coordinate, clients }) => clients.map(({ name, version }) => `${name} ${version}: ${coordinate}`)))].sort();
}

/** Returns whether a field of the schema has the type. */
const isReturned = (type, schema) =>
  Object.values(schema.getTypeMap()).some(
    (other) => !isInputType(other) && Object.values(other.getFields?.() ?? {}).some((field) => getNamedType(field.type) === type),
  );

/** Returns the named type of a field, an argument or an input field. */
function valueType(schema, owner, member, argument) {
  const field = schema.getType(owner)?.getFields?.()[member];
  const position = argument ? field?.args.find(({ name }) => name === argument) : field;
  return position && getNamedType(position.type);
}
