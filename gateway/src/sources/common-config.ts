import { Slug } from '@benchline/model';
import { z } from 'zod';

/** How to reach an MQTT broker. */
export const BrokerConfig = z.strictObject({
  url: z.url({ protocol: /^mqtts?$/ }).describe('mqtt://host:port, or mqtts://host:port for TLS'),
  username: z.string().min(1).optional().describe('User name at the broker'),
  password_file: z.string().min(1).optional().describe('File whose first line is the password'),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      "PEM file of the authority that signed the broker's certificate; default: the system's authorities",
    ),
});
export type BrokerConfig = z.output<typeof BrokerConfig>;

/** A linear change of a number: value = native × scale + offset. The native number is kept beside it. */
export const scaling = {
  scale: z
    .number()
    .refine((scale) => scale !== 0, 'not 0: it would erase the value')
    .optional()
    .describe('Factor from the native number to the value; whole for counts and integers'),
  offset: z.number().optional().describe('Added after the factor; whole for counts and integers'),
};

export const SourceId = Slug.describe(
  'Id of the source, unique in the gateway; part of every batch it makes',
);
