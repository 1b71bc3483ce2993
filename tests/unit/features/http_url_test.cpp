#include "features/http_url.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace fairlead {
namespace {

TEST(HttpUrl, ReadsAddresses) {
  const auto url = parse_http_url("HTTPS://Registry.Test:8443/v2/a?x=1#y");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.host, "registry.test");
  EXPECT_EQ(url.port, "8443");
  EXPECT_EQ(url.target, "/v2/a?x=1");
  EXPECT_EQ(url.text(), "https://registry.test:8443/v2/a?x=1");
  EXPECT_EQ(parse_http_url("http://[::1]:5000").text(), "http://[::1]:5000/");
  EXPECT_EQ(parse_http_url("https://a.test?q").text(), "https://a.test/?q");
  for (const std::string text :
       {"", "a", "ftp://a", "https://", "https:///x", "https://a:x/", "https://a:123456/",
        "https://user:password@a/", "https://a b/", "https://a/\n", "https://a\\b/"}) {
    EXPECT_THROW(parse_http_url(text), Error) << text;
  }
}

// DIST-014: both forms of Location.
TEST(HttpUrl, FollowsLocations) {
  const auto base = parse_http_url("https://a.test/v2/x/uploads?y=1");
  EXPECT_EQ(resolve_location(base, "/v2/z").text(), "https://a.test/v2/z");
  EXPECT_EQ(resolve_location(base, "z?q=/r://s").text(), "https://a.test/v2/x/z?q=/r://s");
  EXPECT_EQ(resolve_location(base, "//b.test/z").text(), "https://b.test/z");
  EXPECT_EQ(resolve_location(base, "http://b.test:80/z").text(), "http://b.test/z");
  EXPECT_THROW(resolve_location(base, ""), Error);
  EXPECT_THROW(resolve_location(base, "file:///etc/passwd"), Error);
  EXPECT_FALSE(base.same_origin(parse_http_url("https://a.test:444/")));
  EXPECT_FALSE(base.same_origin(parse_http_url("http://a.test:443/")));
}

TEST(HttpUrl, ChoosesTheProxy) {
  const auto https = parse_http_url("https://a.example.test/");
  const auto http = parse_http_url("http://a.example.test/");
  Environment environment = {{"HTTPS_PROXY", "http://p:1"}, {"ALL_PROXY", "http://q:2"}};
  EXPECT_EQ(proxy_for(https, environment), "http://p:1");
  EXPECT_EQ(proxy_for(http, environment), "http://q:2");
  environment["https_proxy"] = "http://r:3";
  EXPECT_EQ(proxy_for(https, environment), "http://r:3");
  for (const std::string exempt : {"*", "example.test", ".example.test", "*.example.test",
                                   "x, a.example.test:443", "A.Example.Test"}) {
    environment["NO_PROXY"] = exempt;
    EXPECT_EQ(proxy_for(https, environment), "") << exempt;
  }
  for (const std::string other : {"", "ample.test", "a.example.test:444", "b.example.test", ","}) {
    environment["NO_PROXY"] = other;
    EXPECT_EQ(proxy_for(https, environment), "http://r:3") << other;
  }
  EXPECT_EQ(proxy_for(parse_http_url("https://localhost/"), environment), "");
  EXPECT_EQ(proxy_for(parse_http_url("https://127.0.0.1:5000/"), environment), "");
}

TEST(HttpUrl, EncodesValues) {
  EXPECT_EQ(percent_encoded("repository:a/b:pull,push ~"), "repository%3Aa%2Fb%3Apull%2Cpush%20~");
}

}  // namespace
}  // namespace fairlead
