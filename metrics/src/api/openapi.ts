import { Problem } from '@benchline/model/door';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
} from 'fastify-type-provider-zod';
import { z } from 'zod';

/** Makes routes check and describe themselves by their zod schemas. Has to come before the routes. */
export async function installSchemas(app: FastifyInstance): Promise<void> {
  // The door says of a ZodError what is wrong where.
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (data) => {
    const { success, data: value, error } = schema.safeParse(data);
    return success ? { value } : { error };
  });
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Benchline metrics',
        version: '1',
        description:
          'Key figures of a plant for any window, with their coverage. Instants are ISO 8601 with offset. Errors are problem details (RFC 9457).',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route);
      return { schema: withMedia(schema), url };
    },
    transformObject: (document) => {
      const described = jsonSchemaTransformObject(document) as Description;
      return withProblems(withoutUnused(described)) as ReturnType<typeof jsonSchemaTransformObject>;
    },
  });
}

/** What routes answer that is no JSON, files and streams of lines, is described by its media types. */
function withMedia<S extends { produces?: readonly string[]; response?: unknown }>(schema: S): S {
  if (!schema.produces || schema.response) return schema;
  const types = schema.produces.map((type) => [type, { schema: { type: 'string' } }] as const);
  return { ...schema, response: { 200: { description: 'OK', content: Object.fromEntries(types) } } };
}

/** The description as far as it is worked on here. */
interface Description {
  paths?: Record<string, { get?: { responses?: object }; post?: { responses?: object } }>;
  components?: { schemas?: Record<string, unknown> };
}

/** Drops schemas that nothing refers to: each is made once for requests and once for answers. */
function withoutUnused(description: Description): Description {
  const schemas = description.components?.schemas ?? {};
  const refers = (from: unknown) =>
    Object.keys(schemas).filter((to) => JSON.stringify(from).includes(referenceTo(to)));
  const used = new Set(refers(description.paths));
  // A set hands out what is added while it is walked: schemas that used ones refer to are used as well.
  for (const name of used) for (const other of refers(schemas[name])) used.add(other);
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return { ...description, components: { ...description.components, schemas: kept } };
}

function referenceTo(name: string): string {
  return `"#/components/schemas/${name}"`;
}

/** Every operation may answer with problem details instead. */
function withProblems(description: Description): Description {
  const { $schema: _, ...schema } = z.toJSONSchema(Problem);
  const answer = {
    description: 'Problem details (RFC 9457)',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  for (const { get, post } of Object.values(description.paths ?? {}))
    for (const operation of [get, post])
      if (operation?.responses) Object.assign(operation.responses, { default: answer });
  const schemas = { ...description.components?.schemas, Problem: schema };
  return { ...description, components: { ...description.components, schemas } };
}
