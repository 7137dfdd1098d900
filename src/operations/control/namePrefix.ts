import { serviceError } from '../../protocol/errors.ts';

interface NameCondition {
  ComparisonOperator?: 'BEGINS_WITH';
  ComparisonValue?: string;
}

/** What names must begin with by a condition. The model makes both of its members optional, yet one is of no use. */
export function namePrefix(member: string, condition: NameCondition | undefined): string | undefined {
  if (condition === undefined) return undefined;
  const { ComparisonOperator: operator, ComparisonValue: value } = condition;
  if (operator === undefined || value === undefined) {
    throw serviceError('invalidArgument', `${member} needs both ComparisonOperator and ComparisonValue.`);
  }
  return value;
}
