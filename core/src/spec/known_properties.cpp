#include "spec/document.hpp"

namespace fairlead {

const std::vector<std::string>& known_properties() {
  static const std::vector<std::string> names = {
      "$schema",
      "extends",
      "name",
      "image",
      "build",
      "dockerFile",
      "context",
      "dockerComposeFile",
      "service",
      "runServices",
      "workspaceFolder",
      "workspaceMount",
      "runArgs",
      "appPort",
      "forwardPorts",
      "portsAttributes",
      "otherPortsAttributes",
      "containerEnv",
      "remoteEnv",
      "containerUser",
      "remoteUser",
      "updateRemoteUserUID",
      "userEnvProbe",
      "overrideCommand",
      "shutdownAction",
      "init",
      "privileged",
      "capAdd",
      "securityOpt",
      "mounts",
      "features",
      "overrideFeatureInstallOrder",
      "customizations",
      "secrets",
      "hostRequirements",
      "initializeCommand",
      "onCreateCommand",
      "updateContentCommand",
      "postCreateCommand",
      "postStartCommand",
      "postAttachCommand",
      "waitFor",
      "codespaces",
      "extensions",
      "settings",
      "devPort",
  };
  return names;
}

}  // namespace fairlead
