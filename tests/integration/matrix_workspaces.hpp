#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace fairlead::test {

/// A workspace and what is seen inside it. "WS" stands for the folder's name.
struct MatrixWorkspace {
  std::string name;
  std::string members = {};  ///< of devcontainer.json, beside what it is made from
  std::string script = "id -un; pwd";
  std::string expected = "root\n/workspaces/WS\n";  ///< what the script says
  std::string image = "fairlead-test/busybox";
  std::string build = {};          ///< of devcontainer.json, instead of the image
  std::string compose_build = {};  ///< the same in a Compose file
  std::map<std::string, std::string> files = {};
  std::map<std::string, std::string> differs = {};  ///< by the beginning of an engine's name
  bool composes = true;                             ///< Compose's files can say it
};

std::ostream& operator<<(std::ostream& out, const MatrixWorkspace& workspace);

const std::vector<MatrixWorkspace>& matrix_workspaces();

}  // namespace fairlead::test
