#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Makes engine/tbl/schemas.h, what AWS services answer, from the models in a wheel of botocore:
#     engine/teststate/schemas.py botocore-1.41.5-py3-none-any.whl >engine/tbl/schemas.h
# Of the services in WHOLE every action is there, of those in SOME what Step Functions' optimized
# integrations call. The version is that of the days on which AWS's answers were recorded: later ones
# allow more. Run it again when there are newer recordings.
import gzip
import json
import os
import re
import sys
import zipfile

# service as aws-sdk integrations call it: botocore's folder
WHOLE = {'dynamodb': 'dynamodb', 'eventbridge': 'events', 'lambda': 'lambda', 's3': 's3',
         'secretsmanager': 'secretsmanager', 'sfn': 'stepfunctions', 'sns': 'sns', 'sqs': 'sqs'}
SOME = {
    'athena': 'StartQueryExecution StopQueryExecution GetQueryExecution GetQueryResults',
    'batch': 'SubmitJob DescribeJobs',
    'bedrock': 'CreateModelCustomizationJob GetModelCustomizationJob',
    'codebuild': 'StartBuild StopBuild BatchDeleteBuilds BatchGetReports BatchGetBuilds '
                 'StartBuildBatch StopBuildBatch RetryBuildBatch DeleteBuildBatch '
                 'BatchGetBuildBatches',
    'databrew': 'StartJobRun DescribeJobRun',
    'ecs': 'RunTask DescribeTasks',
    'eks': 'CreateCluster DeleteCluster CreateNodegroup DeleteNodegroup CreateFargateProfile '
           'DeleteFargateProfile DescribeCluster DescribeNodegroup DescribeFargateProfile',
    'emr-containers': 'CreateVirtualCluster DeleteVirtualCluster StartJobRun '
                      'DescribeVirtualCluster DescribeJobRun',
    'emr-serverless': 'CreateApplication StartApplication StopApplication DeleteApplication '
                      'StartJobRun CancelJobRun GetApplication GetJobRun',
    'glue': 'StartJobRun GetJobRun',
    'sagemaker': 'CreateEndpoint CreateEndpointConfig CreateHyperParameterTuningJob '
                 'CreateLabelingJob CreateModel CreateProcessingJob CreateTrainingJob '
                 'CreateTransformJob UpdateEndpoint DescribeHyperParameterTuningJob '
                 'DescribeLabelingJob DescribeProcessingJob DescribeTrainingJob '
                 'DescribeTransformJob',
}
INLINE = 24    # a shape with a longer text that is used twice has a row of its own
LARGEST = 262144  # longer texts cannot be mocked


def model(wheel, folder):
    path = sorted(name for name in wheel.namelist()
                  if name.startswith('botocore/data/%s/' % folder) and 'service-2.json' in name)[-1]
    return json.loads(gzip.decompress(wheel.read(path)))


def limits(shape, least, most):
    low, high = shape.get('min'), shape.get('max')
    low = '' if low is None or low == least else '%g' % low
    high = '' if high is None or (most and high >= most) else \
        str(high) if isinstance(high, int) else '%r' % high
    return '(%s,%s)' % (low, high) if low or high else ''


class Service:
    def __init__(self, name, model):
        self.name, self.shapes, self.operations = name, model['shapes'], model['operations']
        self.uses, self.recursive = {}, set()

    def text(self, name):
        """The grammar is that of engine/teststate/schema.c."""
        shape = self.shapes[name]
        kind = shape['type']
        if shape.get('document') or shape.get('eventstream'):
            return '*'
        if kind == 'string' and 'enum' in shape:
            assert not re.search('[|;"\\\\]', ''.join(shape['enum'])), name
            return '=%s;' % '|'.join(shape['enum'])
        if kind == 'string':
            return 's' + limits(shape, 0, LARGEST)
        if kind in ('timestamp', 'blob', 'char'):
            return 's'
        if kind == 'boolean':
            return 'b'
        if kind in ('integer', 'long', 'float', 'double'):
            return 'n' + limits(shape, None, None)
        if kind == 'list':
            return '[%s]' % self.use(shape['member']['shape']) + limits(shape, 0, None)
        if kind == 'map':
            return '<%s>' % self.use(shape['value']['shape'])
        required = shape.get('required', [])
        return '{%s}' % ','.join(
            '%s%s:%s' % (key[0].upper() + key[1:], '!' if key in required else '',
                         self.use(member['shape']))
            for key, member in shape['members'].items())

    def use(self, name):
        """By name where it is large and used more than once, or inside itself."""
        return '@%s;' % name if name in self.named else self.text(name)

    def visit(self, name, above):
        self.uses[name] = self.uses.get(name, 0) + 1
        if name in above:
            self.recursive.add(name)
        if self.uses[name] > 1:
            return
        shape = self.shapes[name]
        inner = [m['shape'] for m in shape.get('members', {}).values()]
        inner += [shape[key]['shape'] for key in ('member', 'value') if key in shape]
        for other in inner:
            self.visit(other, above + [name])

    def rows(self, actions):
        outputs = {a: self.operations[a].get('output', {}).get('shape') for a in actions}
        for output in outputs.values():
            if output:
                self.visit(output, [])
        self.named = set(self.uses)
        self.named = {n for n, count in self.uses.items() if n in self.recursive or
                      count > 1 and len(self.text(n)) > INLINE}
        for action, output in sorted(outputs.items()):
            yield '%s:%s' % (self.name, action[0].lower() + action[1:]), \
                self.use(output) if output else '{}'
        for name in sorted(self.named):
            yield '%s@%s' % (self.name, name), self.text(name)


def main():
    wheel = zipfile.ZipFile(sys.argv[1])
    version = os.path.basename(sys.argv[1]).split('-')[1]
    print('''/* SPDX-License-Identifier: Apache-2.0
 *
 * X(name, schema): what AWS services answer, and the shapes that are part of several answers. Made by
 * engine/teststate/schemas.py from botocore %s (Apache-2.0); the grammar is that of
 * engine/teststate/schema.c.
 *
 * lint: length: it is made, not written
 */
/* clang-format off */''' % version)
    services = [(name, folder, None) for name, folder in WHOLE.items()]
    services += [(name, name, actions.split()) for name, actions in SOME.items()]
    for name, folder, actions in sorted(services):
        service = Service(name, model(wheel, folder))
        for row, text in service.rows(actions or sorted(service.operations)):
            if text != '{}':
                print('X("%s", "%s")' % (row, text))
            if row == 'lambda:invoke':  # its integration reads the function's answer as JSON
                print('X("lambda:invokeParsed", "%s")' % text.replace('Payload:s', 'Payload:*'))


main()
