#include "compose.hpp"
#include "documents.hpp"
#include "environment_file.hpp"
#include "inputs.hpp"
#include "podman_compose.hpp"
#include "project.hpp"

#include <fairlead/engine/text.hpp>
#include <fairlead/error.hpp>

#include <algorithm>

/// What the user's files say: asked of Compose once, and again when something has changed.
namespace fairlead::compose {
namespace {

std::string last_lines(const std::string& text) {
  const auto end = text.find_last_not_of(" \r\n\t");
  return end == std::string::npos ? std::string() : text.substr(0, end + 1);
}

/// Compose refuses the files: where, if it is the YAML itself.
[[noreturn]] void refuse(const Files& files, const Inputs& inputs,
                         const std::vector<std::string>& argv, const std::string& complaint) {
  for (const auto& file : inputs.files) {
    const auto text = files.text(file);
    if (!text) {
      throw Error(
          Status::not_found, "group.files", "The Compose file " + file + " is not there.",
          "dockerComposeFile is relative to the folder of devcontainer.json. " + as_was_run(argv));
    }
    try {
      facts_of(*text, file);
    } catch (const Error& error) {
      throw Error(error.status(), error.code(), error.message(), as_was_run(argv));
    }
  }
  const auto place = place_of_complaint(complaint, inputs.files);
  throw Error(Status::invalid, "group.files",
              place + "Compose refuses the configuration: " + last_lines(complaint),
              as_was_run(argv));
}

std::vector<std::string> profiles_in(const Files& files, const Inputs& inputs) {
  std::vector<std::string> profiles;
  for (const auto& file : inputs.files) {
    const auto text = files.text(file);
    if (!text) continue;
    for (auto& name : facts_of(*text, file).profiles) profiles.push_back(std::move(name));
  }
  return profiles;
}

std::string evaluated(const Runner& base, const Tool& tool, const Files& files,
                      const Inputs& inputs, const sdk::Call& call) {
  auto argv = tool.argv;
  const auto words = inputs.words();
  argv.insert(argv.end(), words.begin(), words.end());
  if (tool.major() >= 2) argv.insert(argv.end(), {"--profile", "*"});
  argv.emplace_back("config");
  auto output = base.capture(argv, call);
  if (output.exit_code != 0 && output.err.find("UnicodeEncodeError") != std::string::npos) {
    auto unicode = base;  // v1 in a plain locale
    unicode.environment["PYTHONIOENCODING"] = "utf-8";
    output = unicode.capture(argv, call);
  }
  if (output.exit_code != 0)
    refuse(files, inputs, argv, output.err.empty() ? output.out : output.err);
  return output.out;
}

/// The same of podman-compose, which tells only when it runs dry with more than one file.
std::string merged_by_podmans(const Runner& base, const Tool& tool, const Files& there,
                              const Inputs& inputs, const std::string& empty_file,
                              const sdk::Call& call) {
  const bool old = !tool.at_least(1, 1);
  auto argv = tool.argv;
  argv.emplace_back("--dry-run");
  if (!old) argv.emplace_back("--verbose");
  for (const auto& profile : old ? std::vector<std::string>{} : profiles_in(there, inputs))
    argv.insert(argv.end(), {"--profile", profile});
  auto files = inputs.files;
  files.push_back(empty_file);
  const auto words = Inputs{files, {}}.words();
  argv.insert(argv.end(), words.begin(), words.end());
  argv.emplace_back("ps");
  there.write(empty_file, "{}\n");
  const auto output = base.capture(argv, call);
  if (output.exit_code != 0)
    refuse(there, inputs, argv, engine::last_line(output.err.empty() ? output.out : output.err));
  const auto whole = whole_document(merged_document(output.out + output.err),
                                    parent_of(inputs.files.front()), old);
  return escaped_document(whole);
}

/// Where podman-compose finds a file that says nothing.
std::string empty_folder(const Group& group, const Files& files) {
  return files.are_here() && !group.cache_folder.empty() ? group.cache_folder : group.state_folder;
}

/// What one file draws in, and so on; false: something cannot be followed, so that nobody would
/// notice a change.
bool follow(const Files& files, const std::string& path, Evaluation& e,
            const Environment& environment, bool& has_name, int depth) {
  if (depth > 16 || path.find('$') != std::string::npos || path.find("://") != std::string::npos) {
    return false;
  }
  if (e.file_marks.contains(path)) return true;
  e.file_marks[path] = mark_of_file(files, path);
  const auto text = files.text(path);
  if (!text) return true;
  FileFacts facts;
  try {
    facts = facts_of(*text, path);
  } catch (const Error&) {
    return false;  // Compose could read it, which is what counts
  }
  if (depth == 0) has_name = has_name || facts.has_name;
  if (depth == 0 && e.version_line.empty()) e.version_line = facts.version;
  for (const auto& name : facts.variables) {
    e.variable_marks[name] = mark_of_variable(environment, name);
  }
  const auto folder = parent_of(path);
  // Another machine's variables are not ours to see.
  bool whole = files.are_here() || facts.variables.empty();
  for (const auto& file : facts.environment_files) {
    const auto full = resolved_path(folder, file);
    if (file.find('$') != std::string::npos) whole = false;
    e.file_marks[full] = mark_of_file(files, full);
  }
  for (const auto& file : facts.files) {
    whole =
        follow(files, resolved_path(folder, file), e, environment, has_name, depth + 1) && whole;
  }
  return whole;
}

/// The services with everything that they depend on.
std::set<std::string> with_dependencies(std::vector<std::string> names, const Project& project) {
  std::set<std::string> all;
  while (!names.empty()) {
    const auto name = names.back();
    names.pop_back();
    const auto found = project.services.find(name);
    if (found == project.services.end() || !all.insert(name).second) continue;
    names.insert(names.end(), found->second.depends_on.begin(), found->second.depends_on.end());
  }
  return all;
}

/// The same, each behind those that it depends on.
void put_in_order(const std::string& name, const Project& project,
                  const std::set<std::string>& among, std::vector<std::string>& order) {
  const auto known = [&](const auto& all) { return std::ranges::find(all, name) != all.end(); };
  if (known(order) || !among.contains(name)) return;
  auto rest = among;
  rest.erase(name);
  for (const auto& before : project.services.at(name).depends_on)
    put_in_order(before, project, rest, order);
  order.push_back(name);
}

std::set<std::string> started_services(const Group& group, const Project& project) {
  auto names = group.run_services;
  names.push_back(group.service);
  for (const auto& [name, service] : project.services) {
    if (group.run_services.empty() && service.profiles.empty()) names.push_back(name);
  }
  return with_dependencies(std::move(names), project);
}

/// The Dockerfile of a service that is built; empty: it is not a file.
std::string dockerfile_of(const Service& service) {
  const bool is_file = service.build && service.dockerfile_inline.empty() &&
                       service.build->dockerfile.starts_with('/');
  return is_file ? service.build->dockerfile : std::string();
}

/// What is on this machine is built and pulled with this machine's credentials: nobody needs to
/// know what it is made of.
void add_dockerfiles(const Files& files, const Project& project, Evaluation& e) {
  if (files.are_here()) return;
  std::vector<std::string> paths;
  for (const auto& image : e.reply.images) {
    const auto path = dockerfile_of(project.services.at(image.service));
    if (!path.empty()) paths.push_back(path);
  }
  files.load(paths);
  for (auto& image : e.reply.images) {
    const auto& service = project.services.at(image.service);
    const auto path = dockerfile_of(service);
    image.dockerfile =
        path.empty() ? service.dockerfile_inline : files.text(path).value_or(std::string());
    if (!path.empty()) e.file_marks[path] = mark_of_file(files, path);
  }
}

GroupImage image_of(const std::string& name, const Service& service) {
  GroupImage image{.service = name, .image = service.build ? std::string() : service.image};
  image.platform = service.platform;
  image.pull = pull_of(service);
  if (service.build) {
    image.target = service.build->target;
    image.args = service.build->args;
  }
  return image;
}

ResolveGroupReply reply_for(const Group& group, const Project& project, const std::string& name,
                            const Tool& tool) {
  ResolveGroupReply reply{.project = name};
  for (const auto& [service, ignored] : project.services) reply.services.push_back(service);
  for (const auto& started : started_services(group, project)) {
    const auto& service = project.services.at(started);
    reply.builds = reply.builds || service.build.has_value();
    reply.images.push_back(image_of(started, service));
    for (const auto& wish : service.wishes) {
      reply.wishes.push_back("let the service '" + started + "' " + wish);
    }
  }
  reply.group_labels = {"com.docker.compose.project=" + name};
  reply.labels = {"com.docker.compose.project=" + name,
                  "com.docker.compose.service=" + group.service, "com.docker.compose.oneoff=False"};
  const auto found = project.services.find(group.service);
  if (found == project.services.end()) return reply;
  const auto& service = found->second;
  const bool old = tool.major() > 0 && !tool.at_least(2, 8);
  reply.image = service.image.empty() ? name + (old ? '_' : '-') + group.service : service.image;
  reply.build = service.build;
  reply.user = service.user;
  reply.entrypoint = service.entrypoint;
  reply.command = service.command;
  return reply;
}

std::vector<std::string> question_words(const Group& group, const Inputs& inputs,
                                        const Settings& settings, const Environment& environment) {
  auto words = inputs.words();
  words.insert(words.end(), {group.folder, group.service, group.project,
                             settings.engine.docker_path, settings.compose_path, settings.on,
                             settings.podman.podman_path, engine::variable(environment, "PATH")});
  words.insert(words.end(), group.run_services.begin(), group.run_services.end());
  return words;
}

void add_services(Evaluation& e, const Group& group, const Project& project) {
  for (const auto& [name, service] : project.services) {
    if (service.build) e.built.push_back(name);
    if (!service.conditions.empty()) e.depends_on[name] = service.conditions;
    if (name != group.service) continue;
    e.profiles = service.profiles;
    e.says_a_label = service.says_a_label;
  }
  const auto started = started_services(group, project);
  for (const auto& name : started) put_in_order(name, project, started, e.started);
}

}  // namespace

ComposeBackend::Known ComposeBackend::evaluate(const Group& group, const sdk::Call& call) {
  const auto environment = client_environment();
  const Files files(core().host(), call);
  const auto inputs = inputs_of(group, environment, files);
  const auto entry = entry_name(question_words(group, inputs, settings_, environment));
  if (auto known = cached(group.cache_folder, entry, environment, files)) {
    require_engine_here();
    if (known->tool.is_podmans) take_podman();
    return std::make_shared<const Evaluation>(std::move(*known));
  }
  const auto base = runner(group.folder);
  Evaluation e{
      .tool = suitable_tool(base, call), .files = inputs.files, .env_file = inputs.env_file};
  if (files.are_here()) e.tool_file = file_of(e.tool, environment);
  const auto output = e.tool.is_podmans
                          ? merged_by_podmans(base, e.tool, files, inputs,
                                              empty_folder(group, files) + "/empty.yml", call)
                          : evaluated(base, e.tool, files, inputs, call);
  if (e.tool.is_podmans) e.document = output;
  const auto project = project_from_config(output, group.folder);
  auto first = inputs.files;
  first.insert(first.end(), {group.folder + "/.env", parent_of(inputs.files.front()) + "/.env"});
  files.load(first);
  bool has_name = false;
  bool whole = true;
  for (const auto& file : inputs.files) {
    whole = follow(files, file, e, environment, has_name, 0) && whole;
  }
  for (const auto& folder : {group.folder, parent_of(inputs.files.front())}) {
    e.file_marks[folder + "/.env"] = mark_of_file(files, folder + "/.env");
  }
  for (const char* name :
       {"COMPOSE_PROJECT_NAME", "COMPOSE_FILE", "COMPOSE_PROFILES", "COMPOSE_ENV_FILES"}) {
    e.variable_marks[name] = mark_of_variable(environment, name);
  }
  const auto env_file = files.text(group.folder + "/.env").value_or("");
  const auto name =
      !group.project.empty()
          ? group.project
          : project_name({.variable = engine::variable(environment, "COMPOSE_PROJECT_NAME"),
                          .env_file = value_in(env_file, "COMPOSE_PROJECT_NAME"),
                          .configured = project.name,
                          .name_is_in_a_file = has_name,
                          .first_file = inputs.files.front(),
                          .folder = group.folder});
  add_services(e, group, project);
  e.reply = reply_for(group, project, name, e.tool);
  add_dockerfiles(files, project, e);
  if (whole) keep(group.cache_folder, entry, e);
  return std::make_shared<const Evaluation>(std::move(e));
}

ComposeBackend::Known ComposeBackend::evaluation(const Group& group, const sdk::Call& call) {
  std::vector<std::string> words{group.folder, group.service, group.project};
  words.insert(words.end(), group.files.begin(), group.files.end());
  words.insert(words.end(), group.run_services.begin(), group.run_services.end());
  const auto key = entry_name(words);
  const std::lock_guard lock(mutex_);
  auto& known = known_[key];
  if (!known) known = evaluate(group, call);
  return known;
}

ResolveGroupReply ComposeBackend::resolve(const ResolveGroupRequest& request, sdk::Call& call) {
  return evaluation(request.group, call)->reply;
}

}  // namespace fairlead::compose
