// The version of the package, here so that no file has to be read at start. A test holds it to package.json.

export const PACKAGE_VERSION = "0.1.0";
