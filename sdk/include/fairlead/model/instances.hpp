#pragma once

#include <fairlead/model/common.hpp>
#include <fairlead/model/groups.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

/// Instances: what they are made from, what they are, their whole life.
namespace fairlead {

enum class MountType { bind, volume, tmpfs };

struct Mount {
  MountType type = MountType::bind;
  std::string source;  ///< empty: an anonymous volume
  std::string target;
  bool read_only = false;
  std::string consistency;
  std::map<std::string, std::string> options;  ///< further keys of docker's --mount, verbatim
};

struct PublishedPort {
  std::string host_address;  ///< empty: all addresses
  std::string host_port;     ///< empty: any free port
  std::string container_port;
  std::string protocol = "tcp";
};

/// What an instance is made from, in structured form.
struct CreateRequest {
  std::string name;  ///< empty: the backend chooses
  std::string image;
  std::optional<std::vector<std::string>> entrypoint;  ///< absent: the image's
  std::optional<std::vector<std::string>> command;     ///< absent: the image's
  Environment env;
  std::string user;
  std::string remote_user;  ///< who will work in it, as far as it is configured
  std::string working_directory;
  std::vector<Mount> mounts;
  std::vector<PublishedPort> ports;
  std::vector<std::string> cap_add;
  std::vector<std::string> security_opt;
  bool privileged = false;
  bool init = false;
  bool gpu = false;
  Labels labels;
  std::vector<std::string> run_args;  ///< words with docker run's meaning; they win over the rest
  /// The instance is the group's primary service: what stands above is added to what its files say,
  /// an empty `image` is theirs. The other services are started with it.
  std::optional<Group> group;
};

enum class InstanceState { created, running, paused, restarting, stopped, removing, dead, unknown };

struct InstanceInfo {
  std::string id;
  std::string name;
  std::string image;  ///< the reference it was made from
  std::string image_id;
  InstanceState state = InstanceState::unknown;
  std::string status;  ///< the engine's own words, for people
  int exit_code = 0;   ///< meaningful when stopped
  std::string created;
  std::string started;
  Labels labels;
  std::string user;
  std::vector<std::string> env;
  std::vector<Mount> mounts;
  std::vector<PublishedPort> ports;
  std::string group;      ///< the group that it belongs to; empty: none
  std::string service;    ///< of the group
  bool detailed = false;  ///< user, env and mounts are filled (inspect does, list need not)
};

struct CreateReply {
  std::string id;
  std::vector<std::string> warnings;
};

struct StartRequest {
  std::string id;
  std::optional<Group> group = {};  ///< with the services that belong to it
};

/// The instance that runs now; its id may differ from the one that was started.
struct StartReply {
  std::string id;
};

struct StopRequest {
  std::string id;
  int timeout_seconds = 10;         ///< until the kill
  std::optional<Group> group = {};  ///< and the services that were started with it
};

struct RemoveRequest {
  std::string id;
  bool force = false;
  bool volumes = false;             ///< anonymous volumes too; of a group all that are its own
  std::optional<Group> group = {};  ///< and the services that were started with it
};

struct InspectRequest {
  std::string id;  ///< id, unambiguous prefix or name
};

/// Filters are all-of: "key=value" or "key".
struct ListRequest {
  std::vector<std::string> labels;
  bool all = true;  ///< stopped ones too
};

struct ListReply {
  std::vector<InstanceInfo> instances;  ///< newest first
};

}  // namespace fairlead
