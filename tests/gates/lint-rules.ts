/**
 * Our own rules for oxlint, which loads this file as a plugin (`jsPlugins` in .oxlintrc.json): what
 * `no-restricted-imports` cannot say, because it sees the text of an import and not where it leads.
 */
import { dirname, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** The few fields of the ESTree nodes that the rules read. */
interface Node {
  type: string;
  source?: Node | null;
  value?: unknown;
  quasis?: { value: { raw: string } }[];
  callee?: Node;
  object?: Node;
  property?: Node;
  computed?: boolean;
  name?: string;
  arguments?: Node[];
}

interface Context {
  filename: string;
  report(finding: { node: Node; message: string }): void;
}

type Check = (node: Node) => void;

/** A relative import stays inside its package: another one is reached by its name, or not at all. */
const stayInside = {
  create(context: Context): Record<string, Check> {
    const here = relative(root, context.filename).split(sep);
    const check: Check = (node) => {
      const specifier = text(node.source);
      if (!specifier?.startsWith('.') || here.length < 2) return;
      const target = relative(root, resolve(dirname(context.filename), specifier));
      if (target.split(sep)[0] === here[0]) return;
      const message = `'${specifier}' leads out of ${here[0]}/ to ${target}: import another package by its name`;
      context.report({ node, message });
    };
    return everyImport(check);
  },
};

/** `import()`, of a value or of a type, would pass by the boundaries, which are checked on static imports. */
const noDynamicSibling = {
  create(context: Context): Record<string, Check> {
    const check: Check = (node) => {
      const specifier = text(node.source);
      if (specifier === undefined || !/^(?:@benchline\/|\$)/.test(specifier)) return;
      const message = `import('${specifier}') evades the import boundaries: use a static import`;
      context.report({ node, message });
    };
    return { ImportExpression: check, TSImportType: check };
  },
};

/** Every skip is printed with its reason at the end of the run (closing-line.ts), so it has to give one. */
const explainedSkip = {
  create(context: Context): Record<string, Check> {
    return {
      CallExpression(node) {
        if (calledName(node) !== 'skip' || !lacksReason(node.arguments ?? [])) return;
        const message = "a skip gives its reason: ctx.skip('reason') or ctx.skip(condition, 'reason')";
        context.report({ node, message });
      },
      MemberExpression(node) {
        const name = node.computed ? undefined : node.property?.name;
        if (!['skipIf', 'runIf', 'todo'].includes(name ?? '') || !isTestFunction(node.object)) return;
        context.report({
          node,
          message: `.${name} skips in silence: call ctx.skip(condition, 'reason') in the test`,
        });
      },
    };
  },
};

/** Whether a call of `skip` says nothing, or only a condition, or something empty. */
function lacksReason(given: readonly Node[]): boolean {
  const last = given.at(-1);
  if (last === undefined) return true;
  if (text(last) !== undefined) return text(last)?.trim() === '';
  const conditions = ['Literal', 'UnaryExpression', 'BinaryExpression', 'LogicalExpression'];
  return given.length === 1 && conditions.includes(last.type);
}

function everyImport(check: Check): Record<string, Check> {
  return {
    ImportDeclaration: check,
    ImportExpression: check,
    ExportAllDeclaration: check,
    ExportNamedDeclaration: check,
  };
}

/** The text of a literal, or of a template with its holes as `${}`; undefined where it is neither. */
function text(node: Node | null | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral') return node.quasis?.map((part) => part.value.raw).join('${}');
  return undefined;
}

function calledName(node: Node): string | undefined {
  const callee = node.callee;
  if (callee?.type === 'Identifier') return callee.name;
  return callee?.type === 'MemberExpression' && !callee.computed ? callee.property?.name : undefined;
}

function isTestFunction(node: Node | undefined): boolean {
  return node?.type === 'Identifier' && ['it', 'test', 'describe', 'suite'].includes(node.name ?? '');
}

export default {
  meta: { name: 'benchline' },
  rules: {
    'stay-inside': stayInside,
    'no-dynamic-sibling': noDynamicSibling,
    'explained-skip': explainedSkip,
  },
};
