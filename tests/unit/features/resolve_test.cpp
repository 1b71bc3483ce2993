#include "features/feature_sets.hpp"
#include "features/missing_offline.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <mutex>

namespace fairlead {
namespace {

/// Features that exist by being written down here; every name's digest is that of its content.
class FakeStore : public FeatureStore {
 public:
  void add(const std::string& id, const std::string& metadata) { known_[id] = metadata; }
  int described(const std::string& id) { return asked_[id]; }

  FeatureSource locate(const FeatureReference& reference) const override {
    FeatureSource source;
    source.reference = reference;
    source.location = "/w/.devcontainer/" + reference.name;
    return source;
  }

  DescribedFeature describe(const FeatureReference& reference, std::stop_token) override {
    const std::lock_guard lock(mutex_);
    ++asked_[reference.id];
    if (!known_.contains(reference.id)) {
      throw Error(Status::not_found, "registry.not_found", "no " + reference.id);
    }
    DescribedFeature described{.source = locate(reference),
                               .metadata = parse_feature_metadata(known_[reference.id], "f"),
                               .manifest = {},
                               .resolved = {},
                               .digest = {}};
    if (reference.kind != FeatureKind::local) {
      described.digest = described.source.digest = "digest of " + known_[reference.id];
      described.manifest = "{}";
    }
    return described;
  }

  std::string fetch(const DescribedFeature& feature, std::stop_token) override {
    return feature.source.location;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> known_;
  std::map<std::string, int> asked_;
};

std::string ids(const ResolvedList& features) {
  std::string text;
  for (const auto& feature : features) text += (text.empty() ? "" : " ") + feature->written;
  return text;
}

std::string resolve(FakeStore& store, ResolveRequest request) {
  return ids(in_install_order(resolve_features(store, request, {}), store, request));
}

// FEAT-030, 040, 042
TEST(ResolveFeatures, FollowsDependenciesAndAsksForEachOnce) {
  FakeStore store;
  store.add("r.test/n/a:1", R"({"id":"a","dependsOn":{"r.test/n/c":{},"r.test/n/b":"2"}})");
  store.add("r.test/n/b", R"({"id":"b","dependsOn":{"r.test/n/c":{}}})");
  store.add("r.test/n/c", R"({"id":"c"})");
  EXPECT_EQ(resolve(store, {.wanted = {{"r.test/n/a:1", "{}"}}}),
            "r.test/n/c r.test/n/b r.test/n/a:1");
  EXPECT_EQ(store.described("r.test/n/c"), 1);
}

// edge case 48
TEST(ResolveFeatures, TakesTwoTagsOfOneContentForOne) {
  FakeStore store;
  store.add("r.test/n/a:1", R"({"id":"a"})");
  store.add("r.test/n/a:1.0.0", R"({"id":"a"})");
  EXPECT_EQ(resolve(store, {.wanted = {{"r.test/n/a:1", "{}"}, {"r.test/n/a:1.0.0", "{}"}}}),
            "r.test/n/a:1");
  EXPECT_EQ(
      resolve(store, {.wanted = {{"r.test/n/a:1", "{}"}, {"r.test/n/a:1.0.0", R"({"x":"1"})"}}}),
      "r.test/n/a:1 r.test/n/a:1.0.0");
}

TEST(MissingOffline, NamesAllThatTheCacheLacks) {
  MissingOffline missing;
  missing.throw_if_any();
  const auto lacks = [](const std::string& code) {
    return
        [code] { throw Error(Status::not_found, code, "The cache does not have it.", "import"); };
  };
  missing.note("b", lacks("registry.offline"));
  missing.note("fine", [] {});
  missing.note("a", lacks("registry.offline"));
  EXPECT_THROW(missing.note("c", lacks("registry.digest")), Error);
  try {
    missing.throw_if_any();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "registry.offline");
    EXPECT_NE(error.message().find("does not have a, b, and nothing"), std::string::npos);
    EXPECT_EQ(error.hint(), "import");
  }
}

// FEAT-031
TEST(ResolveFeatures, SaysWhoAskedForWhatIsMissing) {
  FakeStore store;
  store.add("./a", R"({"id":"a","dependsOn":{"r.test/n/gone":{}}})");
  try {
    resolve(store, {.wanted = {{"./a", "{}"}}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "registry.not_found");
    EXPECT_NE(error.text().find("feature './a' depends on 'r.test/n/gone'"), std::string::npos);
  }
}

// FEAT-033, edge case 52: nothing is fetched for installsAfter, unless the graph is to be shown.
TEST(ResolveFeatures, FetchesNothingForSoftDependencies) {
  FakeStore store;
  store.add("./a", R"({"id":"a","installsAfter":["r.test/n/soft","bareword"]})");
  EXPECT_EQ(resolve(store, {.wanted = {{"./a", "{}"}}}), "./a");
  EXPECT_EQ(store.described("r.test/n/soft"), 0);
  EXPECT_EQ(resolve(store, {.wanted = {{"./a", "{}"}}, .describe_soft = true}), "./a");
}

// edge case 53
TEST(ResolveFeatures, KnowsRenamedFeatures) {
  FakeStore store;
  store.add("./a", R"({"id":"a","installsAfter":["./b"]})");
  store.add("./b", R"({"id":"b"})");
  EXPECT_EQ(resolve(store, {.wanted = {{"./a", "{}"}, {"./b", "{}"}}}), "./b ./a");
}

// FEAT-061
TEST(FeatureGraph, ShowsHardAndSoftEdges) {
  FakeStore store;
  store.add("./a", R"({"id":"a","dependsOn":{"./b":{"o":"v"}},"installsAfter":["./c"]})");
  store.add("./b", R"({"id":"b"})");
  store.add("./c", R"({"id":"c","legacyIds":["old"]})");
  const ResolveRequest request{.wanted = {{"./a", "{}"}, {"./c", R"("1")"}}, .overrides = {"./c"}};
  const auto features = resolve_features(store, request, {});
  const auto text = feature_graph_text(features, request.sorting);
  EXPECT_NE(text.find("[./a<br/><0><br>aliases: a] --> "), std::string::npos) << text;
  EXPECT_NE(text.find("[./a<br/><0><br>aliases: a] -.-> "), std::string::npos) << text;
  EXPECT_NE(text.find("[./c<br/><1><br>aliases: c, old]\n"), std::string::npos) << text;
  EXPECT_EQ(
      nlohmann::json::parse(install_order_json(in_install_order(features, store, request))),
      nlohmann::json::parse(
          R"({"installOrder":[{"id":"./c","options":"1"},{"id":"./b","options":{"o":"v"}},{"id":"./a","options":{}}]})"));
}

// FEAT-027
TEST(FeaturesConfiguration, HasTheReferencesMembers) {
  FakeStore store;
  store.add("./a", R"({"id":"a","version":"1.0.0","name":"A","extensions":["x.y"]})");
  const ResolveRequest request{.wanted = {{"./a", R"({"k":true})"}}};
  EXPECT_EQ(
      features_configuration_json(resolve_features(store, request, {}), {"/f/a"}, "/f"),
      R"({"featureSets":[{"sourceInformation":{"type":"file-path","resolvedFilePath":"/w/.devcontainer/a","userFeatureId":"./a"},)"
      R"("features":[{"id":"a","version":"1.0.0","name":"A","value":{"k":true},"included":true,"cachePath":"/f/a","consecutiveId":"a_0",)"
      R"("customizations":{"vscode":{"extensions":["x.y"]}}}],"internalVersion":"2"}],"dstFolder":"/f"})");
}

}  // namespace
}  // namespace fairlead
