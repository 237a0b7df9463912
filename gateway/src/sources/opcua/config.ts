import { Slug } from '@benchline/model';
import { z } from 'zod';
import { SourceId, scaling } from '../common-config.ts';

const NodeText = z
  .string()
  .regex(
    /^(nsu=[^;]+;)?[isgb]=.+$/,
    "a node id by namespace URI: 'nsu=urn:maker:line;s=Machine.State' or 'i=2258'",
  )
  .describe(
    'Node id. Namespaces are named by URI (nsu=…), because their indexes change when a server is extended; {name} is substituted',
  );

/** One node of the server that feeds one signal. */
export const OpcuaTag = z.strictObject({ node: NodeText, ...scaling });
export type OpcuaTag = z.output<typeof OpcuaTag>;

const Tags = z.record(Slug, OpcuaTag);

/** Strongest first: the order in which the gateway picks when none is configured. */
export const securityPolicies = ['Aes256_Sha256_RsaPss', 'Aes128_Sha256_RsaOaep', 'Basic256Sha256'] as const;

const Security = z
  .discriminatedUnion('mode', [
    z.strictObject({
      mode: z.literal('SignAndEncrypt'),
      policy: z
        .enum(securityPolicies)
        .optional()
        .describe('Security policy; default: the strongest of these that the server offers'),
      username: z.string().min(1).optional().describe('User name at the server; default: anonymous'),
      password_file: z.string().min(1).optional().describe('File whose first line is the password'),
    }),
    z.strictObject({
      mode: z.literal('None'),
      accept: z
        .literal('unauthenticated')
        .describe("Has to be written out: everything from this source is marked 'unauthenticated_source'"),
    }),
  ])
  .describe('How the connection is protected');
export type Security = z.output<typeof Security>;

const MachineEntry = z.strictObject({
  machine: Slug.describe('Id of a machine or meter of the plant file'),
  tag_set: z.string().min(1).optional().describe('Name of a tag set of this source'),
  substitution: z
    .record(z.string().regex(/^[a-z_]+$/), z.string())
    .default({})
    .describe('Values for {name} in the node ids of the tag set; {machine} is always the machine id'),
  tags: Tags.default({}).describe('Signal → node; added to those of the tag set, or instead of them'),
});

/** A controller that is an OPC UA server. It is only ever read. */
export const OpcuaConfig = z
  .strictObject({
    id: SourceId,
    type: z.literal('opcua'),
    endpoint: z
      .string()
      .regex(/^opc\.tcp:\/\/\S+$/, 'opc.tcp://host:port/path')
      .describe('Endpoint URL of the server'),
    security: Security,
    clock: z
      .strictObject({
        node: NodeText,
        simulated: z.literal(true).describe('Everything from this source is marked simulated_clock'),
      })
      .optional()
      .describe(
        "Node that holds a simulated source time (DateTime, or Int64 of nanoseconds since 1970); default: the server's own clock (i=2258)",
      ),
    sampling_interval_ms: z
      .number()
      .min(0)
      .max(3_600_000)
      .default(100)
      .describe('Asked of the server for every tag; 0 reports every change where the server can'),
    publishing_interval_ms: z
      .number()
      .min(20)
      .max(3000)
      .default(100)
      .describe('How often the server sends what it collected'),
    survive_outage_s: z
      .number()
      .min(1)
      .max(3600)
      .default(10)
      .describe('Seconds of broken connection that the queues at the server shall bridge without loss'),
    queue_size: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe(
        'Changes that the server keeps for each tag; default: survive_outage_s × changes per sampling interval (100 a second where that is 0)',
      ),
    tag_sets: z
      .record(z.string().min(1), Tags)
      .default({})
      .describe('Tags by signal for a type of machine, so that one mapping serves many machines'),
    machines: z.array(MachineEntry).min(1).describe('The machines behind this server'),
  })
  .describe('An OPC UA server');
export type OpcuaConfig = z.output<typeof OpcuaConfig>;
