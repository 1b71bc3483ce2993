#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Every request, reply and event that crosses the plugin boundary, as a plain struct.
///
/// Each struct is one JSON object on the wire, member names as they stand here (model_json.hpp).
/// Absent members take the defaults given here and unknown members are ignored, so both sides may
/// grow. Strings are UTF-8. Times are RFC 3339 text as the engine gave them. Descriptors are named
/// by `FdRef`, the index into the call's descriptor array; bytes and secrets never travel in JSON.
namespace fairlead {

using Environment = std::map<std::string, std::string>;
using Labels = std::map<std::string, std::string>;

/// The index of a descriptor in the call's `fds`; -1: none was passed.
struct FdRef {
  int fd = -1;
  explicit operator bool() const { return fd >= 0; }
};

/// Rows and columns in characters.
struct TerminalSize {
  int rows = 24;
  int cols = 80;
};

struct Terminal {
  TerminalSize size;
  std::string term = "xterm";
};

// ---------------------------------------------------------------------------- instance set-up

/// What a plugin instance is told once, before anything else.
struct ConfigureRequest {
  std::string settings = "{}";  ///< JSON object: the plugin's own table of the settings
  Environment environment;      ///< the caller's variables; plugins never call getenv
  std::string working_directory;
};

/// What a backend can do. The core checks these before it creates anything and never asks which
/// backend it talks to.
struct Capabilities {
  std::vector<std::string> build;  ///< any of "local" (image usable at once) and "push"
  bool pull = false;
  bool image_inspection = false;  ///< image configuration can be read before an instance exists
  bool live_binds = false;        ///< a folder of the user's machine can be mounted
  bool named_volumes = false;
  bool keeps_filesystem = false;  ///< over stop and start
  bool stable_identity = false;   ///< the instance id survives stop and start
  bool exec_user = false;
  bool exec_env = false;
  bool exec_cwd = false;
  bool exec_tty = false;
  bool exec_half_close = false;
  bool exec_signal = false;
  bool dial = false;
  bool publish = false;
  bool service_groups = false;
  bool run_args = false;
  bool privileged = false;
  bool capabilities = false;
  bool gpu = false;
  bool uid_remap = false;
  bool events = false;
  bool logs = false;
};

/// What may cost further requests or processes is asked for by name.
struct ProbeRequest {
  bool builder = false;  ///< fill `builder`, `buildkit` and `build_contexts`
  bool gpu = false;      ///< fill `gpu_runtime`
};

struct ProbeReply {
  std::string engine;  ///< what answered, for people: "Docker Engine"
  std::string version;
  std::string api_version;
  std::string endpoint;      ///< where it answered, without credentials
  std::string os;            ///< "linux"
  std::string arch;          ///< OCI name: "amd64"
  bool local = false;        ///< shares kernel and file system with the caller's host
  bool gpu_runtime = false;  ///< an NVIDIA container runtime is installed
  std::string builder;       ///< what Builder::automatic will use: "buildx", "buildkit", "classic"
  bool buildkit = false;     ///< that is BuildKit: RUN --mount works
  bool build_contexts = false;  ///< BuildImageRequest::contexts works without a syntax directive
  Capabilities capabilities;
};

// ---------------------------------------------------------------------------- images

struct InspectImageRequest {
  std::string image;
  std::string platform;  ///< "os/arch[/variant]"; empty: the engine's own
};

struct ImageInfo {
  std::string id;
  std::vector<std::string> tags;
  std::string user;
  std::vector<std::string> env;  ///< "NAME=value", in the image's order
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::string working_directory;
  Labels labels;
  std::string os;
  std::string arch;
  std::string variant;
};

struct PullImageRequest {
  std::string image;
  std::string platform;
  FdRef credentials;  ///< a JSON document {"username","password","identitytoken"}; none: anonymous
};

/// The builder to use: BuildKit where the engine has it, or the classic one whatever it has.
enum class Builder { automatic, classic };

struct BuildImageRequest {
  std::string dockerfile;  ///< path on the user's machine
  std::string context;     ///< folder on the user's machine
  std::string target;
  std::map<std::string, std::string> args;
  std::vector<std::string> tags;
  Labels labels;
  std::vector<std::string> cache_from;
  std::string cache_to;
  std::map<std::string, std::string> contexts;  ///< BuildKit's named contexts: name to folder
  std::vector<std::string> options;  ///< raw words of the docker build command line, last
  std::string platform;
  std::string output;
  bool push = false;
  bool no_cache = false;
  bool pull = false;
  Builder builder = Builder::automatic;
  FdRef credentials;  ///< as in PullImageRequest
};

struct BuildImageReply {
  std::string image_id;
  std::string builder;  ///< "buildx", "buildkit" or "classic"
};

// ---------------------------------------------------------------------------- instances

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
  bool detailed = false;  ///< user, env and mounts are filled (inspect does, list need not)
};

struct CreateReply {
  std::string id;
  std::vector<std::string> warnings;
};

struct StartRequest {
  std::string id;
};

/// The instance that runs now; its id may differ from the one that was started.
struct StartReply {
  std::string id;
};

struct StopRequest {
  std::string id;
  int timeout_seconds = 10;  ///< until the kill
};

struct RemoveRequest {
  std::string id;
  bool force = false;
  bool volumes = false;  ///< anonymous volumes too
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

// ---------------------------------------------------------------------------- processes

/// One command in a running instance. Without `terminal` the three streams stay apart.
/// The first event of the call is `Event{started}`; its id is what `exec_control` takes.
struct ExecRequest {
  std::string id;
  std::vector<std::string> argv;
  Environment env;
  std::string user;
  std::string working_directory;
  std::optional<Terminal> terminal;
  FdRef in;
  FdRef out;
  FdRef err;
};

struct ExecReply {
  int exit_code = 0;
};

/// Resizes the terminal of a running exec or sends it a signal ("TERM", "INT", …), whole process
/// group.
struct ExecControlRequest {
  std::string exec;
  std::optional<TerminalSize> resize;
  std::string signal;
};

struct LogsRequest {
  std::string id;
  bool follow = false;
  bool timestamps = false;
  int tail = -1;      ///< lines; -1: all
  std::string since;  ///< RFC 3339 or Unix seconds
  FdRef out;
  FdRef err;
};

/// A tar stream into or out of a folder of the instance.
struct CopyInRequest {
  std::string id;
  std::string path;  ///< existing folder
  FdRef archive;
};

struct CopyOutRequest {
  std::string id;
  std::string path;
  FdRef archive;
};

/// One byte stream to a port or socket as the instance sees it; the reply carries one descriptor.
struct DialRequest {
  std::string id;
  std::string host = "127.0.0.1";
  int port = 0;
  std::string socket;  ///< path of a Unix socket; wins over host and port
};

struct DialReply {
  FdRef stream;
};

struct WatchRequest {
  std::vector<std::string> labels;
};

// ---------------------------------------------------------------------------- hosts

struct HostOpenRequest {
  std::string address;  ///< what the setting `host` says: "local", "ssh://user@box"
};

struct HostDescription {
  std::string os;
  std::string arch;
  std::string user;
  int uid = 0;
  int gid = 0;
  std::string home;
  bool local = false;
};

struct SpawnRequest {
  std::vector<std::string> argv;  ///< argv[0] is looked up in PATH unless it has a slash
  Environment env;                ///< added to the host's own
  bool clean_env = false;         ///< `env` is the whole environment
  std::string working_directory;
  std::optional<Terminal> terminal;
  FdRef in;
  FdRef out;
  FdRef err;
};

/// Of the call that spawned: `exit_code` is 128+n after signal n.
struct SpawnReply {
  int exit_code = 0;
};

struct SpawnControlRequest {
  std::string process;
  std::optional<TerminalSize> resize;
  std::string signal;
};

struct HostDialRequest {
  std::string host;
  int port = 0;
  std::string socket;  ///< path of a Unix socket; wins over host and port
};

// ---------------------------------------------------------------------------- features, ports

/// One feature, resolved and fetched, in install order.
struct PlannedFeature {
  std::string id;            ///< as the user wrote it
  std::string folder;        ///< its unpacked content on the user's machine
  std::string metadata;      ///< devcontainer-feature.json, JSON text without comments
  std::string user_options;  ///< what the user or the dependent feature gave, JSON text
  std::map<std::string, std::string> options;  ///< name to value, defaults filled in
};

struct FeaturesPlanRequest {
  std::string config;               ///< the configuration, JSON text
  std::string config_folder;        ///< absolute; local features are relative to it
  std::string workspace_folder;     ///< its .devcontainer holds all local features; empty: derived
  std::string additional_features;  ///< JSON object; the configuration wins on the same id
  bool drop_in = false;             ///< the reference CLI's answers where they differ
};

struct FeaturesPlanReply {
  std::vector<PlannedFeature> features;
  std::vector<std::string> warnings;  ///< deprecated, renamed, option values out of range
};

/// Turns a base image, or the image of the user's Dockerfile, into one with the features as layers.
struct FeaturesInstallRequest {
  std::vector<PlannedFeature> features;
  std::string staging_folder;  ///< empty folder of the caller's, absolute; kept until built
  std::string base_image;      ///< without a Dockerfile: the image to extend
  std::string base_image_id;   ///< goes into the content hash; empty: unknown

  /// The build as it would be without features: Dockerfile, context, target, arguments, options,
  /// tags and the rest. An empty `dockerfile` means that `base_image` is extended.
  BuildImageRequest build;

  std::string image_user;      ///< USER of the image to extend, restored at the end; empty: root
  std::string container_user;  ///< empty: `image_user`
  std::string remote_user;     ///< empty: `container_user`
  std::string metadata;        ///< text of the label devcontainer.metadata; empty: no label
  Environment container_env;   ///< the configuration's, for ENV

  bool buildkit = false;               ///< RUN --mount can be used
  bool named_contexts = false;         ///< `contexts` can be used without a syntax directive
  bool omit_syntax_directive = false;  ///< drop the Dockerfile's own `# syntax=`
};

struct FeaturesInstallReply {
  std::vector<BuildImageRequest> builds;  ///< to run in order; none: the image is fine as it is
  std::string content_hash;               ///< SHA-256 over all that we put in, lower-case hex
};

struct PortsDetectRequest {
  std::string id;
};

struct DetectedPort {
  std::string address;
  int port = 0;
  std::string command;
};

/// A forward lasts as long as its call; cancelling ends it.
struct PortsForwardRequest {
  std::string id;
  std::string host = "127.0.0.1";
  int port = 0;
  std::string local_address = "127.0.0.1";
  int local_port = 0;  ///< 0: any free one, reported by Event{started}
};

// ---------------------------------------------------------------------------- events

/// What a running call says before it ends. Exactly one member is set.
struct Progress {
  std::string id;  ///< the step or layer; the same id replaces its earlier line
  std::string text;
  std::int64_t current = 0;  ///< bytes, where known
  std::int64_t total = 0;
};

struct InstanceEvent {
  std::string id;
  std::string action;  ///< "start", "die", "destroy"
  Labels labels;
};

struct Event {
  std::optional<std::string> started;
  std::optional<Progress> progress;
  std::optional<std::string> output;  ///< a piece of the engine's own output, line breaks included
  std::optional<std::string> warning;
  std::optional<InstanceEvent> instance;
};

/// The body of a failed call.
struct Failure {
  std::string code;
  std::string message;
  std::string hint;
};

/// The reply of operations that have nothing to say.
struct Empty {};

}  // namespace fairlead
