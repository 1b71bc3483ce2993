#include <fairlead/engine/backend.hpp>
#include <fairlead/engine/build.hpp>
#include <fairlead/engine/command.hpp>
#include <fairlead/engine/images.hpp>
#include <fairlead/engine/text.hpp>
#include <fairlead/error.hpp>

#include <unistd.h>

/// Images: inspect, pull, build.
namespace fairlead::engine {
namespace {

std::string read_document(const UniqueFd& fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; fd && (got = ::read(fd.get(), buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

using Headers = std::vector<std::pair<std::string, std::string>>;

Headers secret_header(const char* name, std::string value) {
  if (value.empty()) return {};
  return {{name, std::move(value)}};
}

}  // namespace

ImageInfo EngineBackend::inspect_image(const InspectImageRequest& request, sdk::Call& call) {
  const ApiRequest wanted{{.target = "/images/" + percent_encoded(request.image) + "/json"},
                          {SubjectKind::image, request.image}};
  return image_from_inspect(client().send(wanted, call).body);
}

RegistryDigestReply EngineBackend::registry_digest(const RegistryDigestRequest& request,
                                                   sdk::Call& call) {
  const auto credentials = read_document(call.take(request.credentials));
  const auto name = percent_encoded(request.image);
  const ApiRequest here{{.target = "/images/" + name + "/json"},
                        {SubjectKind::image, request.image}};
  RegistryDigestReply reply{.digest = {},
                            .stored = digests_from_inspect(client().send(here, call).body)};
  // What no registry has ever seen is not asked for.
  if (reply.stored.empty()) return reply;
  const ApiRequest there{{.target = "/distribution/" + name + "/json",
                          .headers = secret_header("X-Registry-Auth", registry_auth(credentials))},
                         {SubjectKind::pull, request.image}};
  reply.digest = digest_from_distribution(client().send(there, call).body);
  return reply;
}

Empty EngineBackend::pull_image(const PullImageRequest& request, sdk::Call& call) {
  const auto credentials = read_document(call.take(request.credentials));
  ProgressReader progress([&](const Event& event) { call.emit(event); });
  client().stream({{.method = "POST",
                    .target = pull_target(request),
                    .headers = secret_header("X-Registry-Auth", registry_auth(credentials))},
                   {SubjectKind::pull, request.image}},
                  call, [&](std::string_view bytes) {
                    progress.feed(bytes);
                    return true;
                  });
  if (progress.error()) throw engine_error(500, *progress.error(), {SubjectKind::pull, ""});
  return {};
}

BuildImageReply EngineBackend::build_image(const BuildImageRequest& request, sdk::Call& call) {
  const auto credentials = read_document(call.take(request.credentials));
  const auto builder =
      request.builder == Builder::classic ? std::string("classic") : choose_builder(call);
  if (builder == "classic") return build_classic(request, call, credentials);
  return build_with_client(request, call, builder);
}

BuildImageReply EngineBackend::build_classic(const BuildImageRequest& request,
                                             const sdk::Call& call,
                                             const std::string& credentials) {
  auto build = classic_build(
      request, {configuration_.environment, configuration_.working_directory, read_client_file});
  ProgressReader progress([&](const Event& event) { call.emit(event); });
  client().stream(
      {{.method = "POST",
        .target = std::move(build.target),
        .headers = secret_header("X-Registry-Config", registry_config(credentials)),
        .content_type = "application/x-tar",
        .source = std::move(build.context)},
       {SubjectKind::build, request.tags.empty() ? request.context : request.tags.front()}},
      call, [&](std::string_view bytes) {
        progress.feed(bytes);
        return true;
      });
  if (progress.error()) {
    throw Error(Status::failed, "image.build", "The image build failed: " + *progress.error());
  }
  return {progress.image_id(), "classic"};
}

BuildImageReply EngineBackend::build_with_client(const BuildImageRequest& request,
                                                 const sdk::Call& call,
                                                 const std::string& builder) {
  SpawnRequest command;
  command.argv = builder == "buildx" ? buildx_command(settings_.docker_path, request)
                                     : docker_build_command(settings_.docker_path, request);
  command.env = client_environment();
  command.working_directory = configuration_.working_directory;
  if (builder == "buildkit") command.env["DOCKER_BUILDKIT"] = "1";
  const auto result =
      run_command(core_.host(), std::move(command), call,
                  [&](std::string_view bytes) { call.emit({.output = std::string(bytes)}); });
  if (result.exit_code != 0) {
    throw Error(Status::failed, "image.build",
                "The image build failed (exit status " + std::to_string(result.exit_code) +
                    "): " + last_line(result.tail));
  }
  const bool stays_here = !request.push && request.output.empty() && !request.tags.empty();
  return {stays_here ? image_id(request.tags.front(), call) : "", builder};
}

std::string EngineBackend::image_id(const std::string& tag, const sdk::Call& call) {
  const ApiRequest wanted{{.target = "/images/" + percent_encoded(tag) + "/json"},
                          {SubjectKind::image, tag}};
  return image_from_inspect(client().send(wanted, call).body).id;
}

Environment EngineBackend::client_environment() const {
  auto environment = configuration_.environment;
  if (!settings_.host.empty()) environment["DOCKER_HOST"] = settings_.host;
  return environment;
}

/// BuildKit comes with the docker client: buildx, or built in before 23. Asked once.
std::string EngineBackend::choose_builder(const sdk::Call& call) {
  const std::lock_guard lock(mutex_);
  if (!builder_.empty()) return builder_;
  const auto wish = configuration_.environment.find("DOCKER_BUILDKIT");
  if (wish != configuration_.environment.end() && wish->second == "0") return "classic";
  // A client there has none of the files that are here; the engine takes them as a stream. One
  // here would make connections of its own to a socket elsewhere.
  const auto& endpoint = client().endpoint();
  const bool elsewhere = !endpoint.socket.empty() && !endpoint.host.empty();
  if (elsewhere || !core_.host().describe(call).local) return builder_ = "classic";
  const auto ask = [&](std::vector<std::string> words) {
    words.insert(words.begin(), settings_.docker_path);
    SpawnRequest command;
    command.argv = std::move(words);
    command.env = client_environment();
    return run_command(core_.host(), std::move(command), call, {});
  };
  try {
    const auto buildx = ask({"buildx", "version"});
    if (buildx.exit_code == 0 && buildx.tail.find("buildx") != std::string::npos) {
      builder_ = "buildx";
    } else {
      const int major = major_of(ask({"--version"}).tail);
      builder_ = major > 0 && major < 23 ? "buildkit" : "classic";
    }
  } catch (const Error& error) {
    if (error.status() != Status::not_found) throw;
    builder_ = "classic";  // no docker client at all
  }
  return builder_;
}

}  // namespace fairlead::engine
