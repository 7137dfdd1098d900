import * as sdk from '@aws-sdk/client-kinesis-video';
import { describe, expect, it } from 'vitest';
import { registry } from '../../src/operations/registry.ts';
import { LEAST } from '../operations/control/edge.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { everyOperation } from '../support/everyOperation.ts';
import { controlClient } from '../support/sdk.ts';

const controlNames = registry.filter(({ plane }) => plane === 'control').map(({ name }) => name);

/** Calls an operation by its name, through the command of that name. */
function byName(client: sdk.KinesisVideoClient) {
  // biome-ignore lint/suspicious/noExplicitAny: the commands are looked up by name; each has its own types.
  const commands = sdk as any;
  return (name: string, input: object = {}) => client.send(new commands[`${name}Command`](input));
}

async function started(options: Parameters<typeof startEmulator>[0] = {}): Promise<{
  emulator: TestEmulator;
  client: sdk.KinesisVideoClient;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely.
  call: (name: string, input?: object) => Promise<any>;
}> {
  const emulator = await startEmulator(options);
  const client = controlClient({ endpoint: emulator.url });
  return { emulator, client, call: byName(client) };
}

describe('the JavaScript client', () => {
  it('calls every control operation, and each answers', async () => {
    const { call } = await started();
    const answered = new Set<string>();
    await everyOperation(async (name, input) => {
      const answer = await call(name, input);
      expect(answer.$metadata, name).toMatchObject({
        httpStatusCode: 200,
        requestId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        attempts: 1,
      });
      answered.add(name);
      return answer;
    });
    expect([...answered].sort()).toEqual(controlNames.toSorted());
  });

  it('gets its own types: dates, maps, and nothing where AWS sends null', async () => {
    const { call } = await started({ clock: 'frozen', startTime: 1705489836421 });
    await call('CreateStream', { StreamName: 'a', DataRetentionInHours: 1, Tags: { größe: '東京' } });
    const { StreamInfo } = await call('DescribeStream', { StreamName: 'a' });
    expect(StreamInfo.CreationTime).toEqual(new Date(1705489836421));
    expect(StreamInfo.DeviceName).toBeUndefined();
    expect((await call('ListTagsForStream', { StreamName: 'a' })).Tags).toEqual({ größe: '東京' });
    const edge = await call('StartEdgeConfigurationUpdate', { StreamName: 'a', EdgeConfig: LEAST });
    expect(edge.LastUpdatedTime).toEqual(new Date(1705489836421));
  });

  it('pages through streams, channels, devices and mapped resources with its paginators', async () => {
    const { client, call } = await started();
    const names = Array.from({ length: 23 }, (_, i) => `s${String(i).padStart(2, '0')}`);
    for (const StreamName of names) {
      await call('CreateStream', { StreamName, DataRetentionInHours: 1 });
      await call('CreateSignalingChannel', { ChannelName: StreamName });
      await call('StartEdgeConfigurationUpdate', { StreamName, EdgeConfig: LEAST });
    }
    const pages = async (paginator: AsyncIterable<object>, list: string, name: string) => {
      const sizes: number[] = [];
      const found: string[] = [];
      for await (const page of paginator) {
        const items = (page as Record<string, Record<string, string>[]>)[list] ?? [];
        sizes.push(items.length);
        found.push(...items.map((item) => item[name] as string));
      }
      expect(found).toEqual(names);
      return sizes;
    };
    expect(await pages(sdk.paginateListStreams({ client }, {}), 'StreamInfoList', 'StreamName')).toEqual([10, 10, 3]);
    const channels = sdk.paginateListSignalingChannels({ client, pageSize: 8 }, {});
    expect(await pages(channels, 'ChannelInfoList', 'ChannelName')).toEqual([8, 8, 7]);
    const edges = sdk.paginateListEdgeAgentConfigurations({ client }, { HubDeviceArn: LEAST.HubDeviceArn });
    expect(await pages(edges, 'EdgeConfigs', 'StreamName')).toEqual([5, 5, 5, 5, 3]);
    const mapped: unknown[] = [];
    for await (const page of sdk.paginateDescribeMappedResourceConfiguration({ client }, { StreamName: 's00' })) {
      mapped.push(page.MappedResourceConfigurationList);
    }
    expect(mapped).toEqual([[]]);
  });

  it('gets errors as classes of its own with the text of the service', async () => {
    const { call } = await started();
    await call('CreateStream', { StreamName: 'a' });
    const taken = call('CreateStream', { StreamName: 'a' });
    await expect(taken).rejects.toBeInstanceOf(sdk.ResourceInUseException);
    await expect(taken).rejects.toThrow(/^The stream a already exists\.$/);
    await call('CreateSignalingChannel', { ChannelName: 'a' });
    const unsaid = call('CreateSignalingChannel', { ChannelName: 'a' });
    await expect(unsaid).rejects.toBeInstanceOf(sdk.ResourceInUseException);
    // What the client makes of a message of null.
    await expect(unsaid).rejects.toThrow(/^UnknownError$/);
    await expect(call('DescribeStream', { StreamName: 'b' })).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
    await expect(call('DescribeEdgeConfiguration', { StreamName: 'a' })).rejects.toBeInstanceOf(
      sdk.StreamEdgeConfigurationNotFoundException,
    );
    await expect(call('UpdateStream', { StreamName: 'a', CurrentVersion: 'b' })).rejects.toBeInstanceOf(
      sdk.VersionMismatchException,
    );
    await expect(call('StartEdgeConfigurationUpdate', { StreamName: 'a', EdgeConfig: LEAST })).rejects.toBeInstanceOf(
      sdk.NoDataRetentionException,
    );
    await expect(call('CreateStream', { StreamName: 'b', Tags: {} })).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1",
    });
  });

  it('finds its state apart from that of other accounts and regions', async () => {
    const { emulator, call } = await started();
    const other = byName(controlClient({ endpoint: emulator.url, accessKeyId: '111122223333', region: 'eu-west-1' }));
    await call('CreateSignalingChannel', { ChannelName: 'a' });
    const { ChannelARN } = (await other('CreateSignalingChannel', { ChannelName: 'a' })) as { ChannelARN: string };
    expect(ChannelARN).toMatch(/^arn:aws:kinesisvideo:eu-west-1:111122223333:channel\/a\/\d+$/);
    await expect(call('DescribeSignalingChannel', { ChannelARN })).rejects.toBeInstanceOf(
      sdk.ResourceNotFoundException,
    );
  });

  it('manages a stream in the order of calls of Terraform and CloudFormation', async () => {
    const { call } = await started();
    // Create, then describe until ACTIVE.
    const { StreamARN } = await call('CreateStream', {
      StreamName: 'tf',
      DataRetentionInHours: 1,
      DeviceName: 'kinesis-video-device-name',
      MediaType: 'video/h264',
      Tags: { Name: 'tf' },
    });
    const read = async () => (await call('DescribeStream', { StreamARN })).StreamInfo;
    expect((await read()).Status).toBe('ACTIVE');
    expect((await call('ListTagsForStream', { StreamARN })).Tags).toEqual({ Name: 'tf' });
    // A plan that changes the retention, then the rest, each with the version that was read last.
    await call('UpdateDataRetention', {
      StreamARN,
      CurrentVersion: (await read()).Version,
      Operation: 'INCREASE_DATA_RETENTION',
      DataRetentionChangeInHours: 23,
    });
    expect((await read()).Status).toBe('ACTIVE');
    await call('UpdateStream', { StreamARN, CurrentVersion: (await read()).Version, DeviceName: 'other' });
    await call('UntagStream', { StreamARN, TagKeyList: ['Name'] });
    await call('TagStream', { StreamARN, Tags: { Owner: 'me' } });
    expect(await read()).toMatchObject({
      Status: 'ACTIVE',
      DataRetentionInHours: 24,
      DeviceName: 'other',
      MediaType: 'video/h264',
    });
    expect((await call('ListTagsForStream', { StreamARN })).Tags).toEqual({ Owner: 'me' });
    // Delete with the version that was read, then describe until it is gone.
    await call('DeleteStream', { StreamARN, CurrentVersion: (await read()).Version });
    await expect(read()).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
  });
});
