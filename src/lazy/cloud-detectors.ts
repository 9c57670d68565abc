/** A bundle of its own: the cloud resource detectors and their HTTP clients, loaded only where the environment hints at a cloud. */
export { alibabaCloudEcsDetector } from '@opentelemetry/resource-detector-alibaba-cloud';
export { awsBeanstalkDetector, awsEc2Detector, awsEcsDetector, awsLambdaDetector } from '@opentelemetry/resource-detector-aws';
export { azureAppServiceDetector, azureFunctionsDetector, azureVmDetector } from '@opentelemetry/resource-detector-azure';
export { gcpDetector } from '@opentelemetry/resource-detector-gcp';
